package dev.luma.cli;

import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code luma doctor}: whether everything is as it should be, and what was measured. */
@Command(
        name = "doctor",
        description = "Tell how Luma and its engine are.",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nFor example:%n",
        footer = "  luma doctor")
final class DoctorCommand implements Callable<Integer> {

    private final LumaCommand luma;
    private final Console console;

    DoctorCommand(LumaCommand luma, Console console) {
        this.luma = luma;
        this.console = console;
    }

    @Override
    public Integer call() throws ApiException {
        Map<?, ?> answer = ApiClient.object(luma.client().findings());
        boolean fine = true;
        for (Object each : Json.list(answer, "findings")) {
            Map<?, ?> finding = Json.object(each);
            boolean good = Boolean.TRUE.equals(finding.get("fine"));
            fine &= good;
            console.say((good ? "ok    " : "FAIL  ") + Json.text(finding, "subject") + ": "
                    + Json.text(finding, "sentence"));
        }
        return fine ? 0 : Console.FAILED;
    }
}
