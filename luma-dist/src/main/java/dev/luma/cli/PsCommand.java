package dev.luma.cli;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code luma ps}: what there is, and what it is doing. */
@Command(
        name = "ps",
        description = "List the projects.",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nFor example:%n",
        footer = {"  luma ps", "  luma ps --json | jq '.projects[].state'"})
final class PsCommand implements Callable<Integer> {

    private final LumaCommand luma;
    private final Console console;

    @Option(names = "--json", description = "Print what the API answers")
    private boolean json;

    PsCommand(LumaCommand luma, Console console) {
        this.luma = luma;
        this.console = console;
    }

    @Override
    public Integer call() throws ApiException {
        String answer = luma.client().projects();
        if (json) {
            console.say(answer.strip());
            return 0;
        }
        List<?> projects = Json.list(ApiClient.object(answer), "projects");
        Instant now = Clock.systemUTC().instant();
        boolean prewarm = projects.stream()
                .anyMatch(project -> Boolean.TRUE.equals(Json.object(project).get("prewarm")));
        List<String> heading =
                new ArrayList<>(List.of("NAME", "STATE", "SINCE", "URL", "IMAGE", "WAKE", "IN-FLIGHT", "WAITING"));
        if (prewarm) {
            heading.add("PREWARM");
        }
        Table table = new Table(heading.toArray(String[]::new));
        for (Object each : projects) {
            Map<?, ?> project = Json.object(each);
            long inFlight = Json.list(project, "instances").stream()
                    .mapToLong(instance -> Json.number(Json.object(instance), "in_flight"))
                    .sum();
            List<String> cells = new ArrayList<>(List.of(
                    Json.text(project, "name"),
                    state(project),
                    Ages.ago(Json.text(project, "since"), now),
                    Json.text(project, "url"),
                    Json.text(project, project.containsKey("upstream") ? "upstream" : "docker_image"),
                    wake(project),
                    Long.toString(inFlight),
                    Long.toString(Json.number(project, "waiting"))));
            if (prewarm) {
                cells.add(prewarms(project));
            }
            table.add(cells.toArray(String[]::new));
        }
        table.lines().forEach(console::say);
        for (Object each : projects) {
            sayTrouble(Json.object(each), "last_failure");
            sayTrouble(Json.object(each), "boot_warning");
        }
        return 0;
    }

    /** How the instance came up that is there, and how long that took. */
    private static String wake(Map<?, ?> project) {
        List<?> instances = Json.list(project, "instances");
        if (instances.isEmpty() || "paused".equals(Json.text(project, "state"))) {
            return expected(project);
        }
        Map<?, ?> boot =
                Json.object(Json.object(instances.get(instances.size() - 1)).get("boot"));
        return boot.get("total_ms") instanceof Number millis && !"external".equals(boot.get("way"))
                ? Json.text(boot, "way") + " " + Math.round(millis.doubleValue()) + " ms"
                : "-";
    }

    /** What came of waking it ahead. */
    private static String prewarms(Map<?, ?> project) {
        if (!(project.get("prewarms") instanceof Map<?, ?> prewarms)) {
            return "-";
        }
        long hits = Json.number(prewarms, "hits");
        long misses = Json.number(prewarms, "misses");
        return hits + (hits == 1 ? " hit, " : " hits, ") + misses + (misses == 1 ? " miss" : " misses");
    }

    private static String state(Map<?, ?> project) {
        long place = Json.number(project, "place_in_line");
        return Json.text(project, "state") + (place > 0 ? ", " + ordinal(place) + " in line" : "");
    }

    private static String ordinal(long number) {
        boolean teen = number % 100 / 10 == 1;
        String ending = teen
                ? "th"
                : switch ((int) (number % 10)) {
                    case 1 -> "st";
                    case 2 -> "nd";
                    case 3 -> "rd";
                    default -> "th";
                };
        return number + ending;
    }

    /** How long its wakes took until now. */
    private static String expected(Map<?, ?> project) {
        boolean paused = "paused".equals(Json.text(project, "state"));
        for (Map.Entry<?, ?> boot : Json.object(project.get("boots")).entrySet()) {
            if (boot.getKey().equals("unpause") == paused) {
                return boot.getKey() + " ~" + Json.number(Json.object(boot.getValue()), "median_ms") + " ms";
            }
        }
        return "-";
    }

    private void sayTrouble(Map<?, ?> project, String kind) {
        String detail = Json.text(Json.object(project.get(kind)), "detail");
        if (!detail.isEmpty()) {
            console.err().println(Json.text(project, "name") + ": " + detail);
        }
    }
}
