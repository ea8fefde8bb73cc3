package dev.luma.core;

import dev.luma.core.ContainerRuntime.StartFailure;
import dev.luma.core.ContainerRuntime.WakePhase;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Everything that is decided about one project, as a value.
 *
 * <pre>
 *                      demand                        ready
 *   idle, stopped ----------------&gt; starting ------------------&gt; running
 *    |    ^    ^                     |  ^  |                      |  |  |
 *    |    |    '--- settings --------'  |  '--- unreachable &lt;-----'  |  |
 *    |    |         changed             |       (tried again)        |  |
 *    |    |                   demand,   |                            |  |
 *    |    |                   when due  |                            |  |
 *    |    '------- settings --------- failed &lt;--- died young --------'  |
 *    |             changed              ^         again                 |
 *    |                                  '--- start failed               |
 *    |                                                                  |
 *    '&lt;------- stopping &lt;--- idle, stop, settings changed, died --------'
 * </pre>
 *
 * An instance that is left behind (idle, replaced, dead) goes into {@code retiring}: it drains, is stopped, and is
 * forgotten when nothing is left of it. That is why a project can start again while its last instance still ends.
 *
 * @param failures how many starts in a row came to nothing
 * @param nextInstance the number of the next instance
 * @param lastFailure what went wrong last, for the operator; cleared by the next instance that gets ready
 * @param boots how long the wakes of these settings took
 */
record ProjectState(
        Project project,
        Phase phase,
        int failures,
        int nextInstance,
        Map<String, Retiring> retiring,
        Optional<StartFailure> lastFailure,
        BootHistory boots) {

    /** How far an instance on its way out has come. */
    enum Retiring {
        /** Its gate is closed; requests in flight may finish. */
        DRAINING,
        /** The same, and then it is only put to sleep. */
        RESTING,
        /** The engine has been asked to stop it. */
        STOPPING
    }

    ProjectState {
        retiring = Map.copyOf(retiring);
    }

    static ProjectState initial(Project project) {
        return new ProjectState(project, new Phase.Asleep(false), 0, 1, Map.of(), Optional.empty(), BootHistory.NONE);
    }

    ProjectState withPhase(Phase next) {
        return new ProjectState(project, next, failures, nextInstance, retiring, lastFailure, boots);
    }

    ProjectState withProject(Project next) {
        return new ProjectState(next, phase, failures, nextInstance, retiring, lastFailure, boots);
    }

    ProjectState withFailures(int count) {
        return new ProjectState(project, phase, count, nextInstance, retiring, lastFailure, boots);
    }

    ProjectState withNextInstance(int number) {
        return new ProjectState(project, phase, failures, number, retiring, lastFailure, boots);
    }

    ProjectState withLastFailure(Optional<StartFailure> failure) {
        return new ProjectState(project, phase, failures, nextInstance, retiring, failure, boots);
    }

    ProjectState withBoots(BootHistory history) {
        return new ProjectState(project, phase, failures, nextInstance, retiring, lastFailure, history);
    }

    ProjectState withRetiring(String instance, Retiring stage) {
        Map<String, Retiring> changed = new HashMap<>(retiring);
        changed.put(instance, stage);
        return new ProjectState(project, phase, failures, nextInstance, changed, lastFailure, boots);
    }

    ProjectState withoutRetiring(String instance) {
        Map<String, Retiring> changed = new HashMap<>(retiring);
        changed.remove(instance);
        return new ProjectState(project, phase, failures, nextInstance, changed, lastFailure, boots);
    }

    /** The way in which an instance comes up as long as nothing else is known of it. */
    Way firstWay() {
        return project.isExternal() ? Way.EXTERNAL : Way.PLAIN;
    }

    Optional<Phase.Starting> starting(String instance) {
        return phase instanceof Phase.Starting starting && starting.instance().equals(instance)
                ? Optional.of(starting)
                : Optional.empty();
    }

    boolean isStarting(String instance) {
        return starting(instance).isPresent();
    }

    boolean isIn(String instance, WakePhase step) {
        return starting(instance).filter(starting -> starting.step() == step).isPresent();
    }

    /** Whether the container that was starting, or had fallen silent, has ended, and only how is not known yet. */
    boolean hasEnded() {
        return phase instanceof Phase.Starting starting && starting.ended();
    }

    boolean isRunning(String instance) {
        return phase instanceof Phase.Running running && running.instance().equals(instance);
    }

    /** How the instance ran that is paused now, or is about to be. */
    Optional<Phase.Running> frozen() {
        if (phase instanceof Phase.Pausing pausing) {
            return Optional.of(pausing.was());
        }
        return phase instanceof Phase.Paused paused ? Optional.of(paused.was()) : Optional.empty();
    }

    boolean isFrozen(String instance) {
        return frozen().filter(was -> was.instance().equals(instance)).isPresent();
    }

    /** How the instance runs, or ran until it stopped answering; empty when it has not answered yet, or is left behind. */
    Optional<Phase.Running> lifeOf(String instance) {
        if (isStarting(instance)) {
            return starting(instance).flatMap(Phase.Starting::before);
        }
        Optional<Phase.Running> running = phase instanceof Phase.Running now ? Optional.of(now) : frozen();
        return running.filter(life -> life.instance().equals(instance));
    }

    boolean isDraining(String instance) {
        Retiring stage = retiring.get(instance);
        return stage == Retiring.DRAINING || stage == Retiring.RESTING;
    }

    boolean isStopping(String instance) {
        return retiring.get(instance) == Retiring.STOPPING;
    }

    /** Whether nothing of the project is left in the engine, nor on its way there. */
    boolean isAtRest() {
        return !(phase instanceof Phase.Starting)
                && !(phase instanceof Phase.Running)
                && !(phase instanceof Phase.Pausing)
                && !(phase instanceof Phase.Paused)
                && retiring.isEmpty();
    }

    /** The state under the name that users see. */
    ProjectStatus.State shown() {
        if (phase instanceof Phase.Starting) {
            return ProjectStatus.State.STARTING;
        }
        if (phase instanceof Phase.Running) {
            return ProjectStatus.State.RUNNING;
        }
        if (phase instanceof Phase.Pausing || phase instanceof Phase.Paused) {
            return ProjectStatus.State.PAUSED;
        }
        if (phase instanceof Phase.Failed) {
            return ProjectStatus.State.FAILED;
        }
        if (!retiring.isEmpty()) {
            return ProjectStatus.State.STOPPING;
        }
        return phase instanceof Phase.Asleep asleep && !asleep.everStarted()
                ? ProjectStatus.State.IDLE
                : ProjectStatus.State.STOPPED;
    }
}
