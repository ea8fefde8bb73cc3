package dev.luma.core;

import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Follows the settings of one project in whether it is woken ahead of its requests, and costs next to nothing as long as
 * it is not. Confined to the project's mailbox.
 */
final class Prewarmer {

    private final Upstream.World world;
    private final Consumer<Prewarming.Due> mailbox;
    private @Nullable Prewarming prewarming;

    /** @param mailbox takes, from any thread, what has to be heard in the mailbox */
    Prewarmer(Upstream.World world, Project settings, Consumer<Prewarming.Due> mailbox) {
        this.world = world;
        this.mailbox = mailbox;
        this.prewarming = asAskedForIn(settings);
    }

    private @Nullable Prewarming asAskedForIn(Project settings) {
        return settings.waking().prewarm() && !world.prewarms().isOff() ? new Prewarming(world, mailbox) : null;
    }

    /** What came of it until now; empty if the project is not woken ahead. */
    Optional<Prewarms> told() {
        return prewarming == null ? Optional.empty() : Optional.of(prewarming.told());
    }

    /** Whether the project is awake, or on its way, for nobody yet. */
    boolean isEarly() {
        return prewarming != null && prewarming.isEarly();
    }

    /** Somebody asks for the project. */
    void asked() {
        if (prewarming != null) {
            prewarming.asked();
        }
    }

    /** Nobody has asked for the instance for long enough, and it goes to sleep. */
    void fellAsleep(@Nullable Instance instance, BootHistory boots) {
        if (prewarming != null && instance != null) {
            prewarming.fellAsleep(instance, boots);
        }
    }

    /**
     * Whether to wake the project now. One that is paused is back at once anyway; one that has failed should not fail again;
     * and where memory is short, others that are paused would be stopped for it.
     */
    boolean wakes(Prewarming.Due now, Phase phase) {
        return prewarming != null
                && prewarming.wakes(
                        now,
                        phase instanceof Phase.Asleep
                                && world.runtime().status().available()
                                && !world.memory().isShort());
    }

    /** The settings to which an effect is carried out. */
    Project kept(Effect effect, Project project) {
        return prewarming == null ? project : prewarming.kept(effect, project);
    }

    /** Looks, when all else is done, what has become of it. */
    void see(Phase phase, boolean waitedFor) {
        if (prewarming != null) {
            prewarming.see(waitedFor || phase instanceof Phase.Starting || phase instanceof Phase.Running);
        }
    }

    /** Whoever puts the project to sleep, or changes its settings, does not want it to wake by itself. */
    void hear(Event event, Project before) {
        if (event instanceof Event.SleepRequested && prewarming != null) {
            prewarming.callOff();
        } else if (event instanceof Event.SettingsChanged changed
                && !changed.project().equals(before)) {
            boolean goesOn = prewarming != null && changed.project().waking().prewarm();
            Prewarming next = goesOn ? prewarming : asAskedForIn(changed.project());
            end();
            prewarming = next;
        } else if (event instanceof Event.CloseRequested) {
            end();
        }
    }

    private void end() {
        if (prewarming != null) {
            prewarming.callOff();
            prewarming = null;
        }
    }
}
