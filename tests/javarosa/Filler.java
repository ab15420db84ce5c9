// Fills an XForm without a screen, on JavaRosa: the engine inside ODK Collect, taken from ODK_Validate.jar.
//
// It walks the form event by event as Collect does (relevance, repeats, constraints and calculations live), runs
// validate() and finalizeFormEntry(), and serialises as Collect serialises a submission. What it accepts, refuses,
// calculates and writes is what a phone with ODK Collect does: our own form engine is held against it.
//
//   javac -d classes -cp ODK_Validate.jar Filler.java
//   java -cp classes:ODK_Validate.jar Filler form.xml [options] [path=value ...]
//
// --answers FILE   path=value lines, UTF-8; '#' starts a comment, '@' a setting: @now= @id= @deviceid= @edit=
// --batch DIR      every NAME.answers in DIR in this one JVM (a JVM start costs 0.8 s); --out DIR takes NAME.xml or NAME.err
// --forms DIR      many forms with many cases each, see Walks.java; with --states a hash after every step
// --media DIR      secondary instances (jr://file, jr://file-csv, jr://images ...)
// --now TIME       the clock for start, end and today (2024-10-15T08:30:00.000+07:00); without it the computer's
// --id ID          the instanceID; in a batch without it, made from the case's name, so that runs repeat
// --deviceid, --username, --phonenumber, --email X   metadata of the phone
// --edit OLD.xml   load a saved instance first; with --edit-sent it becomes an edit of a sent form (deprecatedID)
// --draft          no validation, irrelevant nodes are kept (Collect's saved draft)
// --trace          every question as one JSON line on stdout
// --keep-going     a refused answer is reported and left blank instead of stopping
// -o FILE          the submission (otherwise stdout)
//
// path: /data/member[2]/name or any unambiguous tail of it; instance n of a repeat is created when an answer names it.
// exit: 0 ok | 2 constraint violated | 3 required but empty | 4 an answer was never asked (irrelevant or unknown)
//       5 bad value for the type | 1 anything else. The reason is one JSON line on stderr (in a batch: NAME.err, exit 1).
import java.io.*;
import java.nio.charset.StandardCharsets;
import java.nio.file.*;
import java.util.*;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.javarosa.core.model.*;
import org.javarosa.core.model.data.*;
import org.javarosa.core.model.data.helper.Selection;
import org.javarosa.core.model.instance.*;
import org.javarosa.core.model.utils.DateUtils;
import org.javarosa.core.reference.*;
import org.javarosa.core.services.*;
import org.javarosa.core.services.properties.IPropertyRules;
import org.javarosa.core.services.transport.payload.ByteArrayPayload;
import org.javarosa.core.util.JavaRosaCoreModule;
import org.javarosa.form.api.*;
import org.javarosa.model.xform.*;
import org.javarosa.xform.parse.XFormParser;
import org.javarosa.xform.util.*;

public class Filler {
    /** Why a filling stopped: the exit code and the inside of a JSON object. */
    static class Stop extends RuntimeException {
        final int code;
        Stop(int code, String json) { super(json); this.code = code; }
        String json() { return "{\"error\":" + code + "," + getMessage() + "}"; }
    }

    static String form, media;
    static boolean draft, trace, editSent, keepGoing, batch;
    static final Map<String, String> phone = new HashMap<>();

    /** What belongs to one filling. */
    static class Case {
        final List<String[]> answers = new ArrayList<>();
        String now, id, edit, device;

        void read(Path file) throws IOException {
            for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
                if (line.isBlank() || line.startsWith("#")) continue;
                String[] pair = line.split("=", 2);
                if (pair.length < 2) throw new Stop(1, "\"usage\":" + quote("no '=' in: " + line));
                switch (pair[0]) {
                    case "@now": now = pair[1]; break;
                    case "@id": id = pair[1]; break;
                    case "@deviceid": device = pair[1]; break;
                    case "@edit": edit = file.resolveSibling(pair[1]).toString(); break;
                    default: answers.add(pair);
                }
            }
        }
    }

    public static void main(String[] args) throws Exception {
        System.setOut(new PrintStream(new FileOutputStream(FileDescriptor.out), true, "UTF-8"));
        System.setErr(new PrintStream(new FileOutputStream(FileDescriptor.err), true, "UTF-8"));
        try { System.exit(run(args)); }
        catch (Stop s) { System.err.println(s.json()); System.exit(s.code); }
    }

    static int run(String[] a) throws Exception {
        Case one = new Case();
        String out = null, cases = null, outDir = null, forms = null;
        boolean states = false;
        phone.put("deviceid", "collect:JAVAROSA00000001");
        for (int i = 0; i < a.length; i++) {
            String x = a[i];
            switch (x) {
                case "-o": out = a[++i]; break;
                case "--media": media = a[++i]; break;
                case "--edit": one.edit = a[++i]; break;
                case "--edit-sent": editSent = true; break;
                case "--draft": draft = true; break;
                case "--trace": trace = true; break;
                case "--keep-going": keepGoing = true; break;
                case "--now": one.now = a[++i]; break;
                case "--id": one.id = a[++i]; break;
                case "--answers": one.read(Path.of(a[++i])); break;
                case "--batch": cases = a[++i]; batch = true; break;
                case "--out": outDir = a[++i]; break;
                case "--forms": forms = a[++i]; batch = true; break;
                case "--states": states = true; break;
                case "--deviceid": case "--username": case "--phonenumber": case "--email": phone.put(x.substring(2), a[++i]); break;
                default:
                    if (form == null) form = x;
                    else if (x.indexOf('=') > 0) one.answers.add(x.split("=", 2));
                    else throw new Stop(1, "\"usage\":" + quote("unexpected argument " + x));
            }
        }
        if (forms != null) { initialise(); return Walks.run(Path.of(forms), states); }
        if (form == null) throw new Stop(1, "\"usage\":" + quote("form.xml [-o out.xml] path=value ..."));
        initialise();
        if (batch) return fillAll(Path.of(cases), Path.of(outDir == null ? cases : outDir), one.now);
        byte[] xml = fill(one);
        if (out == null) { System.out.write(xml); System.out.println(); } else Files.write(Path.of(out), xml);
        return 0;
    }

    static int fillAll(Path cases, Path outDir, String now) throws IOException {
        Files.createDirectories(outDir);
        List<Path> files;
        try (Stream<Path> s = Files.list(cases)) { files = s.filter(p -> p.toString().endsWith(".answers")).sorted().collect(Collectors.toList()); }
        int failed = 0;
        for (Path file : files) {
            String name = file.getFileName().toString().replaceAll("\\.answers$", "");
            Path xml = outDir.resolve(name + ".xml"), err = outDir.resolve(name + ".err");
            Files.deleteIfExists(xml); Files.deleteIfExists(err);
            String reason;
            try {
                Case c = new Case();
                c.now = now;
                c.read(file);
                if (c.id == null) c.id = "uuid:" + UUID.nameUUIDFromBytes(("ntm/" + name).getBytes(StandardCharsets.UTF_8));
                Files.write(xml, fill(c));
                continue;
            } catch (Stop s) { reason = s.json(); }
            catch (Exception e) { reason = "{\"error\":1,\"reason\":" + quote(e.toString()) + "}"; }
            failed++;
            Files.writeString(err, reason + "\n");
            System.err.println(name + ": " + reason);
        }
        System.err.println(files.size() - failed + " of " + files.size() + " filled");
        return failed == 0 ? 0 : 1;
    }

    /** What Collect's JavaRosaInitializer does. */
    static void initialise() {
        PropertyManager.setPropertyManager(new IPropertyManager() {
            public List<String> getProperty(String n) { return List.of(); }
            public void setProperty(String n, String v) {}
            public void setProperty(String n, List<String> v) {}
            public void addRules(IPropertyRules r) {}
            public List<IPropertyRules> getRules() { return List.of(); }
            public String getSingularProperty(String n) {
                n = n.toLowerCase(Locale.ROOT);
                boolean uri = n.startsWith("uri:");
                String key = uri ? n.substring(4) : n, v = phone.getOrDefault(key, "");
                return uri && !v.isEmpty() ? Map.of("username", "username:", "phonenumber", "tel:", "email", "mailto:").getOrDefault(key, "") + v : v;
            }
        });
        PrototypeManager.registerPrototypes(JavaRosaCoreModule.classNames);
        PrototypeManager.registerPrototypes(CoreModelModule.classNames);
        new XFormsModule().registerModule();
        Phone.register();
        if (media != null) mediaAt(new File(media));
    }

    /** Where secondary instances and the pictures of labels are. */
    static void mediaAt(File folder) {
        final String base = folder.getAbsolutePath();
        ReferenceManager rm = ReferenceManager.instance();
        rm.reset();
        // "file-csv" has to stand before "file", or the choices of a CSV are silently empty.
        for (String host : new String[]{"file-csv", "file", "images", "image", "audio", "video", "itext"})
            rm.addReferenceFactory(new PrefixedRootFactory(new String[]{host}) { public Reference factory(String terminal, String uri) { return new FileRef(base, terminal, uri); } });
    }

    static byte[] fill(Case c) throws Exception {
        if (c.device != null) phone.put("deviceid", c.device);
        boolean lastSaved = media != null && !batch && new File(media, "last-saved.xml").exists();   // Collect keeps the last saved instance there
        FormDef def = XFormUtils.getFormFromFormXml(form, lastSaved ? "jr://file/last-saved.xml" : null);
        Phone.extend(def, media == null ? null : new File(media));
        FormEntryController fec = new FormEntryController(new FormEntryModel(def));
        if (c.edit == null) def.initialize(true, new InstanceInitializationFactory());
        else loadSaved(def, c.edit);
        Map<String, IAnswerData> clock = clock(c);
        preset(def, def.getInstance().getRoot(), clock);

        boolean[] used = new boolean[c.answers.size()];
        answer(fec, def, c.answers, used);
        for (int i = 0; i < used.length; i++) if (!used[i]) throw new Stop(4, "\"path\":" + quote(c.answers.get(i)[0]) + ",\"reason\":\"never asked: unknown name or not relevant\"");

        if (!draft) {
            validate(fec, def);
            fec.finalizeFormEntry();                                   // end time and the like
            if (clock.containsKey("end")) endAt(def.getInstance().getRoot(), clock.get("end"));
        }
        TreeElement meta = def.getInstance().getRoot().getFirstChild("meta");
        if (meta != null && meta.getFirstChild("audit") != null) meta.getFirstChild("audit").setAnswer(new StringData("audit.csv"));
        SubmissionProfile profile = def.getSubmissionProfile();
        byte[] xml = draft ? bytes(new XFormSerializingVisitor(false).createSerializedPayload(def.getInstance()))
            : bytes(new XFormSerializingVisitor().createSerializedPayload(def.getInstance(), profile == null || profile.getRef() == null ? new XPathReference("/") : profile.getRef()));
        if (media != null && !batch) Files.write(Path.of(media, "last-saved.xml"), bytes(new XFormSerializingVisitor(false).createSerializedPayload(def.getInstance())));
        return xml;
    }

    static byte[] bytes(Object payload) { return ((ByteArrayPayload) payload).getPayloadBytes(); }

    static void loadSaved(FormDef def, String file) throws IOException {
        TreeElement saved = XFormParser.restoreDataModel(Files.readAllBytes(Path.of(file)), null).getRoot();
        TreeElement tree = def.getInstance().getRoot().deepCopy(true);
        tree.populate(saved, def);
        def.getInstance().setName(null);
        def.getInstance().setRoot(tree);
        def.initialize(false, new InstanceInitializationFactory());
        if (!editSent) return;
        TreeElement meta = tree.getFirstChild("meta"), id = meta.getFirstChild("instanceID"), old = meta.getFirstChild("deprecatedID");
        if (old == null) { old = new TreeElement("deprecatedID"); old.setNamespace(meta.getNamespace()); meta.addChild(old); }
        old.setAnswer(new StringData(id.getValue().getDisplayText()));
        id.setAnswer(new StringData("uuid:" + UUID.randomUUID()));
    }

    /** The values that replace the computer's clock and random id, by preload parameter. */
    static Map<String, IAnswerData> clock(Case c) {
        Map<String, IAnswerData> m = new HashMap<>();
        if (c.now != null) {
            Date at = DateUtils.parseDateTime(c.now);
            m.put("start", new DateTimeData(at));
            m.put("end", new DateTimeData(new Date(at.getTime() + 25 * 60_000)));
            m.put("today", new DateData(at));
        }
        if (c.id != null && c.edit == null) m.put("uid", new StringData(c.id));
        return m;
    }

    static void preset(FormDef def, TreeElement e, Map<String, IAnswerData> clock) {
        String key = "uid".equals(e.getPreloadHandler()) ? "uid" : e.getPreloadParams();
        if (e.getPreloadHandler() != null && clock.containsKey(key) && !key.equals("end")) def.setValue(clock.get(key), e.getRef(), true);
        for (int i = 0; i < e.getNumChildren(); i++) preset(def, e.getChildAt(i), clock);
    }

    static void endAt(TreeElement e, IAnswerData end) {
        if ("timestamp".equals(e.getPreloadHandler()) && "end".equals(e.getPreloadParams())) e.setAnswer(end);
        for (int i = 0; i < e.getNumChildren(); i++) endAt(e.getChildAt(i), end);
    }

    static void answer(FormEntryController fec, FormDef def, List<String[]> answers, boolean[] used) {
        FormEntryModel m = fec.getModel();
        fec.jumpToIndex(FormIndex.createBeginningOfFormIndex());
        int event;
        while ((event = fec.stepToNextEvent()) != FormEntryController.EVENT_END_OF_FORM) {
            FormIndex at = m.getFormIndex();
            String p = path(at.getReference());
            if (event == FormEntryController.EVENT_PROMPT_NEW_REPEAT) {
                boolean want = false;
                for (int i = 0; i < used.length; i++) if (!used[i] && matchesPrefix(answers.get(i)[0], p)) want = true;
                if (want) { fec.newRepeat(); fec.stepToPreviousEvent(); fec.jumpToIndex(at); }
                if (want && trace) System.out.println("{\"event\":\"new-repeat\",\"path\":" + quote(p) + "}");
            } else if (event == FormEntryController.EVENT_QUESTION) {
                FormEntryPrompt prompt = m.getQuestionPrompt();
                for (int i = 0; i < used.length; i++) if (!used[i] && matches(answers.get(i)[0], p)) { used[i] = true; answerOne(fec, def, prompt, at, p, answers.get(i)[1]); }
                if (trace) traceQuestion(m.getQuestionPrompt(), p);
            } else if (trace && (event == FormEntryController.EVENT_GROUP || event == FormEntryController.EVENT_REPEAT))
                System.out.println("{\"event\":" + quote(event == FormEntryController.EVENT_GROUP ? "group" : "repeat") + ",\"path\":" + quote(p) + ",\"label\":" + quote(m.getCaptionPrompt().getLongText()) + "}");
        }
    }

    static void answerOne(FormEntryController fec, FormDef def, FormEntryPrompt prompt, FormIndex at, String p, String v) {
        if (prompt.isReadOnly()) throw new Stop(4, "\"path\":" + quote(p) + ",\"reason\":\"read-only\"");
        IAnswerData d;
        try { d = data(prompt, v); }
        catch (RuntimeException e) { throw new Stop(5, "\"path\":" + quote(p) + ",\"value\":" + quote(v) + ",\"reason\":" + quote(String.valueOf(e.getMessage()))); }
        int result = fec.answerQuestion(at, d, true);
        if (result == FormEntryController.ANSWER_OK) return;
        if (draft) { fec.saveAnswer(at, d, true); return; }
        boolean constraint = result == FormEntryController.ANSWER_CONSTRAINT_VIOLATED;
        String message = constraint ? prompt.getConstraintText(d) : special(def, at.getReference(), "requiredMsg");
        String json = "\"path\":" + quote(p) + ",\"value\":" + quote(v) + ",\"reason\":" + quote(constraint ? "constraint" : "required") + ",\"message\":" + quote(message);
        if (!keepGoing) throw new Stop(constraint ? 2 : 3, json);
        System.err.println("{\"rejected\":" + result + "," + json + "}");
    }

    static void validate(FormEntryController fec, FormDef def) {
        ValidateOutcome o = def.validate(true);
        if (o == null) return;
        FormEntryPrompt prompt = fec.getModel().getQuestionPrompt(o.failedPrompt);
        boolean constraint = o.outcome == FormEntryController.ANSWER_CONSTRAINT_VIOLATED;
        String message = constraint ? prompt.getConstraintText() : special(def, o.failedPrompt.getReference(), "requiredMsg");
        throw new Stop(constraint ? 2 : 3, "\"path\":" + quote(path(o.failedPrompt.getReference())) + ",\"reason\":" + quote(constraint ? "constraint" : "required") + ",\"label\":" + quote(prompt.getLongText()) + ",\"message\":" + quote(message));
    }

    static void traceQuestion(FormEntryPrompt pr, String p) {
        int control = pr.getControlType();
        String choices = "";
        if (control == Constants.CONTROL_SELECT_ONE || control == Constants.CONTROL_SELECT_MULTI || control == Constants.CONTROL_RANK)
            choices = pr.getSelectChoices().stream().map(c -> quote(c.getValue()) + ":" + quote(pr.getSelectChoiceText(c))).collect(Collectors.joining(","));
        System.out.println("{\"event\":\"question\",\"path\":" + quote(p) + ",\"control\":" + control + ",\"type\":" + pr.getDataType() + ",\"label\":" + quote(pr.getLongText()) + ",\"required\":" + pr.isRequired()
            + (choices.isEmpty() ? "" : ",\"choices\":{" + choices + "}") + ",\"answer\":" + quote(pr.getAnswerValue() == null ? null : pr.getAnswerText()) + "}");
    }

    static String special(FormDef d, TreeReference ref, String attr) {
        TreeElement e = d.getMainInstance().resolveReference(ref);
        String s = e == null ? null : e.getBindAttributeValue("http://openrosa.org/javarosa", attr);
        if (s != null && s.startsWith("jr:itext('")) return d.getLocalizer().getLocalizedText(s.substring(10, s.length() - 2));
        return s;
    }

    /** /data/member[2]/name, with [n] only where the node repeats. */
    static String path(TreeReference r) {
        StringBuilder b = new StringBuilder();
        for (int i = 0; i < r.size(); i++) { b.append('/').append(r.getName(i)); int n = r.getMultiplicity(i); if (i > 0 && n >= 0) b.append('[').append(n + 1).append(']'); }
        return b.toString();
    }
    static String norm(String p) { return p.replaceAll("\\[1\\]", ""); }
    static boolean matches(String key, String p) { String k = norm(key), n = norm(p); return k.startsWith("/") ? k.equals(n) : n.endsWith("/" + k); }
    static boolean matchesPrefix(String key, String repeat) {
        String k = norm(key), n = norm(repeat);
        if (k.startsWith("/")) return k.startsWith(n + "/");
        for (String tail = n; ; ) {
            if (k.startsWith(tail.substring(1) + "/")) return true;
            int slash = tail.indexOf('/', 1);
            if (slash < 0) return false;
            tail = tail.substring(slash);
        }
    }

    static IAnswerData data(FormEntryPrompt pr, String v) {
        if (v.isEmpty()) return null;
        switch (pr.getControlType()) {
            case Constants.CONTROL_SELECT_ONE: return new SelectOneData(choice(pr, v));
            case Constants.CONTROL_SELECT_MULTI: case Constants.CONTROL_RANK: {
                List<Selection> l = new ArrayList<>();
                for (String s : v.trim().split("\\s+")) l.add(choice(pr, s));
                return pr.getControlType() == Constants.CONTROL_RANK ? new MultipleItemsData(l) : new SelectMultiData(l);
            }
            case Constants.CONTROL_TRIGGER: return new StringData("OK");
        }
        switch (pr.getDataType()) {
            case Constants.DATATYPE_INTEGER: return new IntegerData(Integer.parseInt(v));
            case Constants.DATATYPE_LONG: return new LongData(Long.parseLong(v));
            case Constants.DATATYPE_DECIMAL: return new DecimalData(Double.parseDouble(v));
            case Constants.DATATYPE_DATE: { Date d = DateUtils.parseDate(v); if (d == null) throw new IllegalArgumentException("not a date"); return new DateData(d); }
            case Constants.DATATYPE_DATE_TIME: return new DateTimeData(DateUtils.parseDateTime(v));
            case Constants.DATATYPE_TIME: return new TimeData(DateUtils.parseTime(v));
            case Constants.DATATYPE_GEOPOINT: return new GeoPointData().cast(new UncastData(v));
            case Constants.DATATYPE_GEOTRACE: return new GeoTraceData().cast(new UncastData(v));
            case Constants.DATATYPE_GEOSHAPE: return new GeoShapeData().cast(new UncastData(v));
            default: return new StringData(v);
        }
    }
    static Selection choice(FormEntryPrompt pr, String v) {
        for (SelectChoice c : pr.getSelectChoices()) if (c.getValue().equals(v)) return c.selection();
        throw new IllegalArgumentException("no such choice: " + v);
    }

    static String quote(String s) {
        if (s == null) return "null";
        StringBuilder b = new StringBuilder("\"");
        for (char c : s.toCharArray()) if (c == '"' || c == '\\') b.append('\\').append(c); else if (c < 32) b.append(String.format("\\u%04x", (int) c)); else b.append(c);
        return b.append('"').toString();
    }

    static class FileRef implements Reference {
        final String base, term, uri;
        FileRef(String base, String term, String uri) { this.base = base; this.term = term; this.uri = uri; }
        public boolean doesBinaryExist() { return new File(getLocalURI()).exists(); }
        public InputStream getStream() throws IOException { return new FileInputStream(getLocalURI()); }
        public String getURI() { return uri; }
        public String getLocalURI() { return base + File.separator + term; }
        public boolean isReadOnly() { return true; }
        public OutputStream getOutputStream() throws IOException { throw new IOException("read-only"); }
        public void remove() {}
        public Reference[] probeAlternativeReferences() { return new Reference[0]; }
    }
}
