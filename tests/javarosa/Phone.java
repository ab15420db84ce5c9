// What ODK Collect adds to JavaRosa and ODK Validate only pretends to have: pulldata(), and a place where the phone is.
import java.io.*;
import java.nio.charset.StandardCharsets;
import java.nio.file.*;
import java.util.*;
import org.javarosa.core.model.FormDef;
import org.javarosa.core.model.actions.setgeopoint.*;
import org.javarosa.core.model.condition.*;
import org.javarosa.xform.parse.XFormParser;

class Phone {
    /** Once for all forms: a phone that never finds out where it is leaves the answer blank. */
    static void register() {
        XFormParser.registerActionHandler(SetGeopointActionHandler.ELEMENT_NAME, new SetGeopointActionHandler() {
            public SetGeopointAction getSetGeopointAction() { return new Nowhere(); }
        });
    }

    static class Nowhere extends SetGeopointAction {
        Nowhere() { super(null); }
        public void requestLocationUpdates() {}
    }

    /** For one form, whose CSV files are in a folder. */
    static void extend(FormDef def, File media) {
        if (media != null) def.getEvaluationContext().addFunctionHandler(new Pulldata(media));
    }

    /** pulldata(file, column, key column, key): the first row's cell, or nothing. */
    static class Pulldata implements IFunctionHandler {
        final File media;
        final Map<String, List<List<String>>> tables = new HashMap<>();
        Pulldata(File media) { this.media = media; }
        public String getName() { return "pulldata"; }
        public List<Class[]> getPrototypes() { return new ArrayList<>(); }
        public boolean rawArgs() { return true; }
        public boolean realTime() { return false; }

        public Object eval(Object[] args, EvaluationContext ec) {
            String[] a = Arrays.stream(args).map(x -> org.javarosa.xpath.expr.XPathFuncExpr.toString(x)).toArray(String[]::new);
            List<List<String>> rows = tables.computeIfAbsent(a[0], this::read);
            int want = rows.get(0).indexOf(a[1]), key = rows.get(0).indexOf(a[2]);
            if (want < 0 || key < 0) throw new IllegalArgumentException("no such column in " + a[0]);
            for (List<String> row : rows.subList(1, rows.size())) if (row.get(key).equals(a[3])) return row.get(want);
            return "";
        }

        /** Cells without quotes and commas, as in these tests. */
        List<List<String>> read(String name) {
            List<List<String>> rows = new ArrayList<>();
            try { for (String line : Files.readAllLines(media.toPath().resolve(name + ".csv"), StandardCharsets.UTF_8)) rows.add(Arrays.asList(line.split(",", -1))); }
            catch (IOException e) { throw new UncheckedIOException(e); }
            return rows;
        }
    }
}
