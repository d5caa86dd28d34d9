import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;

/**
 * Reads paths from standard input, a line each. Prints, for each and profile, "path: N checks, M failures" and each
 * failed rule, by veraPDF's own profiles; then "end of path".
 */
public class Check {
    private static final PDFAFlavour[] FLAVOURS = {PDFAFlavour.PDFUA_1, PDFAFlavour.PDFA_3_A};

    public static void main(String[] none) throws Exception {
        VeraGreenfieldFoundryProvider.initialise();
        BufferedReader asked = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String path = asked.readLine(); path != null; path = asked.readLine()) {
            for (PDFAFlavour flavour : FLAVOURS) {
                check(path, flavour);
            }
            System.out.println("end of " + path);
        }
    }

    private static void check(String path, PDFAFlavour flavour) throws Exception {
        try (InputStream file = Files.newInputStream(Path.of(path));
                PDFAParser parser = Foundries.defaultInstance().createParser(file, flavour);
                PDFAValidator validator = Foundries.defaultInstance().createValidator(flavour, false)) {
            ValidationResult result = validator.validate(parser);
            long failures = result.getTestAssertions().stream().filter(Check::failed).count();
            System.out.println(path + ": " + result.getTotalAssertions() + " checks, " + failures + " failures");
            result.getTestAssertions().stream().filter(Check::failed).forEach(a ->
                System.out.println("  " + flavour + " " + a.getRuleId().getClause() + "-" + a.getRuleId().getTestNumber()
                    + " " + a.getMessage() + " at " + a.getLocation().getContext()));
        }
    }

    private static boolean failed(TestAssertion assertion) {
        return assertion.getStatus() == TestAssertion.Status.FAILED;
    }
}
