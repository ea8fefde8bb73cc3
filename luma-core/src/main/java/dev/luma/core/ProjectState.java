package dev.luma.core;

import dev.luma.core.ContainerRuntime.StartFailure;
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
