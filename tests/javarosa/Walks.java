// Many forms in one Java: every folder of a folder holds form.xml, its media files (last-saved.xml: the instance saved
// last) and NAME.answers; it gets walks.jsonl, one JSON line a case. Where Filler stops at the first refusal, a walk goes on, so that another engine's
// verdict on every single answer, and not only the finished submission, can be held against JavaRosa's.
//
//   java -cp classes:ODK_Validate.jar Filler --forms DIR [--states]
//
// A line of NAME.answers is a step:
//   /data/r[2]/age=5     answers a question; blank takes the answer back; \n and \\ are escapes
//   @add /data/r         another instance of a repeat, at the prompt for it
//   @delete /data/r[2]   takes an instance away
//   @walk, @again        nothing but a walk through the form
// After every step, the start included, the form is walked through until counted repeats have all their instances.
// Settings as in Filler: @now= @id= @deviceid= @username= @phonenumber= @email=
//
// The line: {"case":NAME,"steps":[…],"hashes":[…],"nodes":[[path,flags,value],…],"end":"ok","xml":"…"}, or "error".
//   steps    ok | constraint | required | unasked | readonly | type | choice, one a step
//   hashes   with --states: FNV-1a (64 bits) of the nodes after every step, the start included
//   nodes    after the last step, before the form is finished; flags: r relevant, q required, w writable;
//            the value as it is written in a submission, null for none
//   end      what validation says: ok, or the verdict and the path of the first question that stands in the way
//   xml      the submission, refused or not
import java.io.*;
import java.nio.charset.StandardCharsets;
import java.nio.file.*;
import java.util.*;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.javarosa.core.model.*;
import org.javarosa.core.model.data.*;
import org.javarosa.core.model.instance.*;
import org.javarosa.core.model.utils.*;
import org.javarosa.core.reference.*;
import org.javarosa.form.api.*;
import org.javarosa.model.xform.*;
import org.javarosa.xform.util.*;

class Walks {
    final FormDef def;
    final FormEntryController fec;
    final StringBuilder steps = new StringBuilder(), hashes = new StringBuilder();

    static int run(Path folder, boolean states) throws IOException {
        List<Path> forms;
        try (Stream<Path> s = Files.list(folder)) { forms = s.filter(p -> Files.exists(p.resolve("form.xml"))).sorted().collect(Collectors.toList()); }
        Map<String, String> phone = new HashMap<>(Filler.phone);
        for (Path form : forms) {
            Filler.mediaAt(form.toFile());
            List<Path> cases;
            try (Stream<Path> s = Files.list(form)) { cases = s.filter(p -> p.toString().endsWith(".answers")).sorted().collect(Collectors.toList()); }
            StringBuilder out = new StringBuilder();
            for (Path at : cases) {
                String name = at.getFileName().toString().replaceAll("\\.answers$", ""), line;
                Filler.phone.clear();
                Filler.phone.putAll(phone);
                try { line = one(form.resolve("form.xml"), at, states); }
                catch (Exception | StackOverflowError e) { line = "\"error\":" + Filler.quote(String.valueOf(e)); }
                out.append("{\"case\":").append(Filler.quote(name)).append(",").append(line).append("}\n");
            }
            Files.writeString(form.resolve("walks.jsonl"), out);
        }
        return 0;
    }

    static String one(Path form, Path answers, boolean states) throws Exception {
        List<String> script = new ArrayList<>();
        String now = null, id = "uuid:00000000-0000-4000-8000-000000000000";
        for (String line : Files.readAllLines(answers, StandardCharsets.UTF_8)) {
            if (line.isEmpty() || line.startsWith("#")) continue;
            int equals = line.indexOf('=');
            if (!line.startsWith("@") || equals < 0 || line.indexOf(' ') >= 0 && line.indexOf(' ') < equals) script.add(line);
            else if (line.startsWith("@now=")) now = line.substring(5);
            else if (line.startsWith("@id=")) id = line.substring(4);
            else Filler.phone.put(line.substring(1, equals), line.substring(equals + 1));
        }
        boolean lastSaved = Files.exists(form.resolveSibling("last-saved.xml"));
        FormDef def = XFormUtils.getFormFromFormXml(form.toString(), lastSaved ? "jr://file/last-saved.xml" : null);
        Phone.extend(def, form.getParent().toFile());
        pin(def.getPreloader(), now, id);
        Walks walks = new Walks(def);
        def.initialize(true, new InstanceInitializationFactory());
        walks.settle();
        if (states) walks.hash();
        for (String step : script) {
            String verdict = walks.step(step);
            walks.steps.append(walks.steps.length() == 0 ? "" : ",").append(Filler.quote(verdict));
            if (states) walks.hash();
        }
        String nodes = walks.nodes();
        ValidateOutcome outcome = def.validate(true);
        String end = outcome == null ? "ok" : (outcome.outcome == FormEntryController.ANSWER_CONSTRAINT_VIOLATED ? "constraint " : "required ") + Filler.path(outcome.failedPrompt.getReference());
        walks.fec.finalizeFormEntry();
        TreeElement meta = def.getInstance().getRoot().getFirstChild("meta");
        if (meta != null && meta.getFirstChild("audit") != null) meta.getFirstChild("audit").setAnswer(new StringData("audit.csv"));
        SubmissionProfile profile = def.getSubmissionProfile();
        byte[] xml = Filler.bytes(new XFormSerializingVisitor().createSerializedPayload(def.getInstance(), profile == null || profile.getRef() == null ? new XPathReference("/") : profile.getRef()));
        return "\"steps\":[" + walks.steps + "],\"hashes\":[" + walks.hashes + "],\"nodes\":[" + nodes + "],\"end\":" + Filler.quote(end) + ",\"xml\":" + Filler.quote(new String(xml, StandardCharsets.UTF_8));
    }

    /** The phone's clock and the submission's id come from the case. */
    static void pin(QuestionPreloader preloader, String now, String id) {
        Date at = now == null ? new Date() : DateUtils.parseDateTime(now);
        preloader.addPreloadHandler(new Preload("uid", p -> new StringData(id), null));
        preloader.addPreloadHandler(new Preload("date", p -> new DateData(at), null));
        preloader.addPreloadHandler(new Preload("timestamp", p -> "start".equals(p) ? new DateTimeData(at) : null, new DateTimeData(at)));
    }

    static class Preload implements IPreloadHandler {
        final String handled;
        final java.util.function.Function<String, IAnswerData> give;
        final IAnswerData end;
        Preload(String handled, java.util.function.Function<String, IAnswerData> give, IAnswerData end) { this.handled = handled; this.give = give; this.end = end; }
        public String preloadHandled() { return handled; }
        public IAnswerData handlePreload(String params) { return give.apply(params); }
        public boolean handlePostProcess(TreeElement node, String params) {
            if (end == null || !"end".equals(params)) return false;
            node.setAnswer(end);
            return true;
        }
    }

    Walks(FormDef def) {
        this.def = def;
        fec = new FormEntryController(new FormEntryModel(def));
    }

    String step(String line) {
        String verdict;
        if (line.equals("@walk") || line.equals("@again")) verdict = "ok";
        else if (line.startsWith("@add ")) verdict = walk("add", Filler.norm(line.substring(5)), null);
        else if (line.startsWith("@delete ")) verdict = walk("delete", Filler.norm(line.substring(8)), null);
        else {
            int equals = line.indexOf('=');
            if (equals < 0) throw new IllegalArgumentException("no such step: " + line);
            String value = line.substring(equals + 1).replace("\\\\", "\u0000").replace("\\n", "\n").replace("\u0000", "\\");
            verdict = walk("answer", Filler.norm(line.substring(0, equals)), value);
        }
        settle();
        return verdict;
    }

    /** Walks until counted repeats have all their instances: one may be the count of another before it. */
    void settle() {
        if (!counts(def)) return;
        for (int before = -1, i = 0; i < 20 && before != size(def.getInstance().getRoot()); i++) {
            before = size(def.getInstance().getRoot());
            walk(null, null, null);
        }
    }

    static boolean counts(IFormElement e) {
        if (e instanceof GroupDef && ((GroupDef) e).getCountReference() != null) return true;
        if (e.getChildren() != null) for (IFormElement child : e.getChildren()) if (counts(child)) return true;
        return false;
    }

    static int size(TreeElement e) {
        int size = 1;
        for (int i = 0; i < e.getNumChildren(); i++) size += size(e.getChildAt(i));
        return size;
    }

    /** From the beginning to where the wanted comes up, and does it there; to the end when nothing is wanted. */
    String walk(String want, String path, String value) {
        FormEntryModel m = fec.getModel();
        fec.jumpToIndex(FormIndex.createBeginningOfFormIndex());
        int event;
        while ((event = fec.stepToNextEvent()) != FormEntryController.EVENT_END_OF_FORM) {
            if (want == null) continue;
            FormIndex at = m.getFormIndex();
            String here = Filler.norm(Filler.path(at.getReference()));
            if (event == FormEntryController.EVENT_QUESTION && want.equals("answer") && here.equals(path)) return answer(m.getQuestionPrompt(), at, value);
            if (event == FormEntryController.EVENT_PROMPT_NEW_REPEAT && want.equals("add") && here.replaceAll("\\[\\d+\\]$", "").equals(path)) {
                fec.newRepeat();
                return "ok";
            }
            if (event == FormEntryController.EVENT_REPEAT && want.equals("delete") && here.equals(path)) {
                if (((GroupDef) def.getChild(at)).noAddRemove) return "readonly";
                fec.deleteRepeat(at);
                return "ok";
            }
        }
        return want == null ? "ok" : "unasked";
    }

    String answer(FormEntryPrompt prompt, FormIndex at, String value) {
        if (prompt.isReadOnly()) return "readonly";
        IAnswerData data;
        try { data = Filler.data(prompt, value); }
        catch (RuntimeException e) { return String.valueOf(e.getMessage()).startsWith("no such choice") ? "choice" : "type"; }
        int result = fec.answerQuestion(at, data, true);
        return result == FormEntryController.ANSWER_OK ? "ok" : result == FormEntryController.ANSWER_CONSTRAINT_VIOLATED ? "constraint" : "required";
    }

    void hash() {
        long hash = 0xcbf29ce484222325L;
        for (byte b : nodes().getBytes(StandardCharsets.UTF_8)) hash = (hash ^ (b & 0xff)) * 0x100000001b3L;
        hashes.append(hashes.length() == 0 ? "" : ",").append("\"").append(String.format("%016x", hash)).append("\"");
    }

    String nodes() {
        StringBuilder b = new StringBuilder();
        nodes(def.getInstance().getRoot(), "/" + def.getInstance().getRoot().getName(), b);
        return b.toString();
    }

    final XFormAnswerDataSerializer serializer = new XFormAnswerDataSerializer();

    void nodes(TreeElement e, String path, StringBuilder b) {
        String value = null;
        if (e.getValue() != null) {
            Object text = serializer.serializeAnswerData(e.getValue(), e.getDataType());
            value = text instanceof String ? (String) text : text instanceof org.kxml2.kdom.Element ? ((org.kxml2.kdom.Element) text).getText(0) : String.valueOf(text);
        }
        b.append(b.length() == 0 ? "" : ",").append("[").append(Filler.quote(path)).append(",\"").append(e.isRelevant() ? "r" : "").append(e.isRequired() ? "q" : "").append(e.isEnabled() ? "w" : "").append("\",").append(Filler.quote(value)).append("]");
        List<String> names = new ArrayList<>();
        for (int i = 0; i < e.getNumChildren(); i++) if (!names.contains(e.getChildAt(i).getName())) names.add(e.getChildAt(i).getName());
        for (String name : names)
            for (int j = 0; j < e.getChildMultiplicity(name); j++) {
                TreeElement child = e.getChild(name, j);
                if (child != null) nodes(child, path + "/" + name + (child.isRepeatable() ? "[" + (j + 1) + "]" : ""), b);
            }
    }
}
