package dev.luma.core;

import dev.luma.core.ContainerRuntime.Exit;
import dev.luma.core.ContainerRuntime.StartFailure;
import dev.luma.core.ContainerRuntime.WakePhase;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Every phase and every event that the state machine knows, by the words that its tests use. */
final class States {

    static final long NOW = 0;
    static final String INSTANCE = "shop-t-1";
    static final Endpoint ENDPOINT = new Endpoint("10.0.0.1", 80, Endpoint.Reach.DIRECT);
    static final StartFailure NO_IMAGE = new StartFailure(Refusal.Reason.START_FAILED, "no such image", List.of());
    static final Refusal OVER = Refusal.of(Refusal.Reason.SHUTTING_DOWN, "over");

    /** The phases in which only containers can be. */
    static final Set<String> OF_CONTAINERS = Set.of("ended", "died", "pausing", "paused");

    private static final Phase.Running RUNNING = new Phase.Running(INSTANCE, ENDPOINT, NOW - seconds(60));

    private States() {}

    static Map<String, Phase> phases() {
        Map<String, Phase> phases = new LinkedHashMap<>();
        phases.put("idle", new Phase.Asleep(false));
        phases.put("stopped", new Phase.Asleep(true));
        phases.put("image", starting(WakePhase.IMAGE));
        phases.put("line", starting(WakePhase.LINE));
        phases.put("create", starting(WakePhase.CREATE));
        phases.put("start", starting(WakePhase.START));
        phases.put("tried", starting(WakePhase.READY).triedAt(ENDPOINT));
        phases.put("again", Phase.Starting.again(RUNNING, Way.PLAIN, NOW));
        phases.put("ended", starting(WakePhase.READY).triedAt(ENDPOINT).over());
        phases.put("died", Phase.Starting.again(RUNNING, Way.PLAIN, NOW).over());
        phases.put("running", RUNNING);
        phases.put("pausing", new Phase.Pausing(RUNNING));
        phases.put("paused", new Phase.Paused(RUNNING));
        phases.put("failed", new Phase.Failed("no such image", NOW + seconds(1)));
        phases.put("due", new Phase.Failed("no such image", NOW));
        phases.put("closed", new Phase.Closed(OVER));
        return phases;
    }

    /** What can happen to a project that Luma runs. */
    static Map<String, Event> events(String instance) {
        Map<String, Event> events = happenings(instance);
        events.put("other-image", new Event.SettingsChanged(Samples.withImage(Samples.shop(), "nginx:1.28")));
        events.put(
                "other-idle-time",
                new Event.SettingsChanged(Samples.withIdleTimeout(Samples.shop(), Duration.ofSeconds(5))));
        events.put("other-readiness", new Event.SettingsChanged(Samples.withReadiness(Samples.shop(), "/healthz")));
        events.put("to-external", new Event.SettingsChanged(Samples.external("nas.lan")));
        return events;
    }

    /** What can happen to one that it does not: nobody hears of its exit, and nobody watches whether it is idle. */
    static Map<String, Event> eventsOfExternal(String instance) {
        Map<String, Event> events = happenings(instance);
        events.keySet()
                .removeAll(List.of(
                        "end",
                        "exited",
                        "lost",
                        "idle-due",
                        "idle-closed",
                        "frozen",
                        "pause-failed",
                        "pause-over",
                        "resume-failed"));
        events.put("other-upstream", new Event.SettingsChanged(Samples.external("other.lan")));
        events.put("same-upstream", new Event.SettingsChanged(Samples.external("nas.lan")));
        events.put(
                "other-readiness",
                new Event.SettingsChanged(Samples.withReadiness(Samples.external("nas.lan"), "/healthz")));
        events.put("to-container", new Event.SettingsChanged(Samples.shop()));
        return events;
    }

    private static Map<String, Event> happenings(String instance) {
        Map<String, Event> events = new LinkedHashMap<>();
        events.put("demand", new Event.Demand());
        events.put("image-there", new Event.ImageThere(instance));
        events.put("turn-came", new Event.TurnCame(instance));
        events.put("deserted", new Event.Deserted());
        events.put("enter-image", new Event.StartEntered(instance, WakePhase.IMAGE));
        events.put("enter-create", new Event.StartEntered(instance, WakePhase.CREATE));
        events.put("enter-start", new Event.StartEntered(instance, WakePhase.START));
        events.put("addressed", new Event.Addressed(instance, ENDPOINT, Way.PLAIN));
        events.put(
                "moved",
                new Event.Addressed(instance, new Endpoint("10.0.0.2", 80, Endpoint.Reach.DIRECT), Way.SANDBOX));
        events.put("seen", new Event.Seen(instance, "it answered 503 at /healthz"));
        events.put("image-known", new Event.ImageKnown(instance, "sha256:1"));
        events.put("ready", new Event.Ready(instance, ENDPOINT));
        events.put("enter-ready", new Event.StartEntered(instance, WakePhase.READY));
        events.put("start-failed", new Event.StartFailed(instance, NO_IMAGE));
        events.put("start-overdue", new Event.StartOverdue(instance));
        events.put("end", new Event.Ended(instance));
        events.put("exited", new Event.Exited(instance, new Exit(1, false, List.of())));
        events.put("lost", new Event.Exited(instance, new Exit(137, false, List.of(), true)));
        events.put("unreachable", new Event.Unreachable(instance));
        events.put("outdated", new Event.Outdated(instance));
        events.put("runtime-lost", new Event.RuntimeLost());
        events.put("idle-due", new Event.IdleDue(instance));
        events.put("idle-closed", new Event.IdleClosed(instance));
        events.put("frozen", new Event.Paused(instance));
        events.put("pause-failed", new Event.PauseFailed(instance));
        events.put("pause-over", new Event.PauseOver(instance));
        events.put("resume-failed", new Event.ResumeFailed(instance));
        events.put("drained", new Event.Drained(instance));
        events.put("stopped", new Event.Stopped(instance));
        events.put("stop-failed", new Event.StopFailed(instance));
        events.put("stop-due", new Event.StopDue(instance));
        events.put("sleep", new Event.SleepRequested());
        events.put("prepare-failed", new Event.PrepareFailed(1, NO_IMAGE));
        events.put("close", new Event.CloseRequested(OVER));
        return events;
    }

    /** A state in the phase, whose first instance is the one that the phase is about. */
    static ProjectState in(Phase phase) {
        return in(phase, Samples.shop());
    }

    static ProjectState in(Phase phase, Project project) {
        return ProjectState.initial(project).withPhase(phase).withNextInstance(2);
    }

    static long seconds(long seconds) {
        return Duration.ofSeconds(seconds).toNanos();
    }

    private static Phase.Starting starting(WakePhase step) {
        return Phase.Starting.of(INSTANCE, Way.PLAIN, WakePhase.IMAGE, NOW).entered(step, NOW);
    }
}
