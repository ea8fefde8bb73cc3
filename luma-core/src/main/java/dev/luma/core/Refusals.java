package dev.luma.core;

import java.time.Duration;
import java.util.Optional;
import java.util.function.IntSupplier;

/** What those are told who cannot stay in the {@link WaitingRoom} of a project. Confined to the project's mailbox. */
final class Refusals {

    private static final Duration SOON = Duration.ofSeconds(1);

    private final Limits limits;
    private final Places places;
    private final IntSupplier startsBefore;
    private final Ticker ticker;

    /** @param startsBefore how many other projects start before this one */
    Refusals(Limits limits, Places places, IntSupplier startsBefore, Ticker ticker) {
        this.limits = limits;
        this.places = places;
        this.startsBefore = startsBefore;
        this.ticker = ticker;
    }

    /** As many wait for the project as may. */
    Refusal lineFull(ProjectState state) {
        return new Refusal(
                Refusal.Reason.LINE_FULL,
                limits.lineCapacity() + " requests already wait for "
                        + state.project().name(),
                Optional.of(soon(state)));
    }

    /** As many wait for all projects together as may. */
    Refusal tooManyWaiting() {
        return new Refusal(
                Refusal.Reason.TOO_MANY_WAITING,
                places.most() + " requests already wait for projects to wake",
                Optional.of(SOON));
    }

    /** Its time is over. */
    Refusal overdue(ProjectState state) {
        return new Refusal(
                Refusal.Reason.START_TIMEOUT,
                state.project().name() + " did not become ready within " + Durations.format(limits.waitTimeout()) + "; "
                        + progress(state),
                Optional.of(soon(state)));
    }

    /** When the project will probably be awake: what its wakes take, less what this one has taken so far. */
    private Duration soon(ProjectState state) {
        return WakeProgress.of(state, 0, ticker.nanos()).map(WakeProgress::left).orElse(SOON);
    }

    private String progress(ProjectState state) {
        if (!(state.phase() instanceof Phase.Starting starting)) {
            return "its last instance has just ended";
        }
        return switch (starting.step()) {
            case IMAGE -> "its image is not there yet";
            case LINE -> others(startsBefore.getAsInt());
            case CREATE -> "its container is being created";
            case START -> state.project().isExternal() ? "it is not found" : "its container is being started";
            case READY -> progress(state.project(), starting.seen());
        };
    }

    private static String others(int before) {
        return switch (before) {
            case 0 -> "it is the next to start";
            case 1 -> "1 other project starts before it";
            default -> before + " other projects start before it";
        };
    }

    private static String progress(Project project, Optional<String> seen) {
        if (project.isExternal()) {
            return seen.orElse("it takes no connection");
        }
        String port = " on port " + project.source().port();
        return "its container runs, but "
                + seen.map(what -> "is not ready" + port + ": " + what).orElse("does not answer" + port);
    }
}
