// How many submissions a second JavaRosa, the engine inside ODK Collect, takes up and validates: each is parsed,
// put into the form, worked out (relevance, calculations) and validated. Prints the figure of the best of several runs.
//
//   java -cp classes:ODK_Validate.jar Bench form.xml MEDIA-FOLDER submission.xml ...
import java.io.File;
import java.io.PrintStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.*;
import java.util.*;
import org.javarosa.core.model.*;
import org.javarosa.core.model.instance.*;
import org.javarosa.core.model.utils.DateUtils;
import org.javarosa.core.reference.*;
import org.javarosa.core.services.PrototypeManager;
import org.javarosa.core.util.JavaRosaCoreModule;
import org.javarosa.form.api.*;
import org.javarosa.model.xform.XFormsModule;
import org.javarosa.xform.parse.XFormParser;
import org.javarosa.xform.util.XFormUtils;

public class Bench {
    static final double WARM_UP = 8, RUN = 1.5;
    static final int RUNS = 4;

    public static void main(String[] a) throws Exception {
        PrintStream out = System.out;
        System.setOut(new PrintStream(OutputStream.nullOutputStream()));   // JavaRosa chats
        PrototypeManager.registerPrototypes(JavaRosaCoreModule.classNames);
        PrototypeManager.registerPrototypes(CoreModelModule.classNames);
        new XFormsModule().registerModule();
        String base = new File(a[1]).getAbsolutePath();
        ReferenceManager.instance().reset();
        for (String host : new String[]{"file-csv", "file"})
            ReferenceManager.instance().addReferenceFactory(new PrefixedRootFactory(new String[]{host}) {
                public Reference factory(String terminal, String uri) { return new FileReference(base, terminal); }
            });
        FormDef def = XFormUtils.getFormFromFormXml(a[0], null);
        TreeElement empty = def.getInstance().getRoot().deepCopy(true);
        List<byte[]> submissions = new ArrayList<>();
        for (int i = 2; i < a.length; i++) submissions.add(Files.readAllBytes(Path.of(a[i])));
        rate(def, empty, submissions, WARM_UP);
        double best = 0;
        for (int run = 0; run < RUNS; run++) best = Math.max(best, rate(def, empty, submissions, RUN));
        out.println(best);
    }

    /** Submissions per second of this thread's time on the processor. */
    static double rate(FormDef def, TreeElement empty, List<byte[]> submissions, double seconds) throws Exception {
        long start = cpu();
        int done = 0;
        while (cpu() - start < seconds * 1e9)
            for (byte[] xml : submissions) { one(def, empty, xml); done++; }
        return done / ((cpu() - start) / 1e9);
    }

    static long cpu() { return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime(); }

    static void one(FormDef def, TreeElement empty, byte[] xml) throws Exception {
        TreeElement saved = XFormParser.restoreDataModel(xml, null).getRoot();
        TreeElement tree = empty.deepCopy(true);
        tree.populate(saved, def);
        def.getInstance().setRoot(tree);
        def.initialize(false, new InstanceInitializationFactory());
        ValidateOutcome outcome = def.validate(true);
        if (outcome != null) throw new IllegalStateException("refused: " + outcome.outcome + " at " + outcome.failedPrompt);
    }

    static class FileReference implements Reference {
        final String file, uri;
        FileReference(String base, String terminal) {
            uri = terminal;
            String name = terminal.startsWith("/") ? terminal : "/" + terminal;
            file = base + name;
        }
        public boolean doesBinaryExist() { return new File(file).exists(); }
        public java.io.InputStream getStream() throws java.io.IOException { return Files.newInputStream(Path.of(file)); }
        public String getURI() { return uri; }
        public String getLocalURI() { return file; }
        public boolean isReadOnly() { return true; }
        public OutputStream getOutputStream() { return null; }
        public void remove() { }
        public Reference[] probeAlternativeReferences() { return new Reference[0]; }
    }
}
