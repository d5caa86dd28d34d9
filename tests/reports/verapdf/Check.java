import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;

/** Prints, for each file and profile, "path: N checks, M failures" and each failed rule, by veraPDF's own profiles. */
public class Check {
    private static final PDFAFlavour[] FLAVOURS = {PDFAFlavour.PDFUA_1, PDFAFlavour.PDFA_3_A};

    public static void main(String[] paths) throws Exception {
        VeraGreenfieldFoundryProvider.initialise();
        for (String path : paths) {
            for (PDFAFlavour flavour : FLAVOURS) {
                check(path, flavour);
            }
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
