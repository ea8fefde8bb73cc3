package dev.luma.core;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Has a project that asks for it woken shortly before the request that its {@link Rhythm} lets expect, and sees whether
 * one comes. Until then the instance is early: awake, or on its way, for nobody yet. There is one of these only for
 * projects whose settings say so, and one timer only while one of them sleeps and a request is expected. Confined to the
 * project's mailbox.
 */
final class Prewarming {

    /** After so many misses in a row it pauses, for one idle time at first and twice as many after each miss more. */
    static final int PATIENCE = 3;

    static final int LONGEST_PAUSE = 32;

    /** What a wake is taken to last before there was one. */
    private static final Duration UNKNOWN_BOOT = Duration.ofSeconds(1);

    /** The least that a project's idle timeout may be. */
    private static final Duration SHORTEST_KEEP = Duration.ofSeconds(1);

    /** It is time to wake the project; posted to the mailbox, and void when it was called off meanwhile. */
    static final class Due {}

    private final Ticker ticker;
    private final Scheduler scheduler;
    private final PrewarmBudget budget;
    private final Consumer<Due> mailbox;
    private Rhythm rhythm = Rhythm.UNKNOWN;
    private Prewarms told = Prewarms.NONE;
    private boolean inUse;
    /** When it was in use last, counted from which it is left alone; null if it never was. */
    private @Nullable Long lastUse;

    private @Nullable Due due;
    private Scheduler.Cancellable timer = Scheduler.Cancellable.NONE;
    private Duration giveUp = Duration.ZERO;
    private Duration keep = SHORTEST_KEEP;
    private boolean early;
    private int missesInARow;
    private int pause;

    /** @param mailbox takes, from any thread, what has to be heard in the mailbox */
    Prewarming(Upstream.World world, Consumer<Due> mailbox) {
        this.ticker = world.ticker();
        this.scheduler = world.scheduler();
        this.budget = world.prewarms();
        this.mailbox = mailbox;
    }

    /** What came of it until now. */
    Prewarms told() {
        return told;
    }

    boolean isEarly() {
        return early;
    }

    /** Somebody asks for the project. Asking for one that is in use says nothing. */
    void asked() {
        cancel();
        if (early) {
            endEarly();
            told = told.hit();
            missesInARow = 0;
        }
        if (!inUse && lastUse != null) {
            rhythm = rhythm.with(Duration.ofNanos(ticker.nanos() - lastUse));
        }
        inUse = true;
    }

    /** Nobody has asked for the instance for long enough, and it goes to sleep. */
    void fellAsleep(Instance instance, BootHistory boots) {
        if (early) {
            endEarly();
            told = told.missed();
            missesInARow++;
            pause = missesInARow < PATIENCE ? 0 : Math.min(LONGEST_PAUSE, 1 << Math.min(missesInARow - PATIENCE, 30));
        } else if (!inUse && !instance.wasUsed()) {
            // It was awake for nobody, since it was woken by hand, say: whoever is expected still is.
            return;
        } else {
            lastUse = instance.lastUsed();
            inUse = false;
            if (pause > 0) {
                pause--;
                return;
            }
        }
        if (pause == 0) {
            expect(boots);
        }
    }

    private void expect(BootHistory boots) {
        // One that was woken by hand may have been used, and still have a plan.
        cancel();
        Long from = lastUse;
        if (from == null) {
            return;
        }
        Duration elapsed = Duration.ofNanos(ticker.nanos() - from);
        rhythm.next(elapsed, boot(boots)).ifPresent(expected -> {
            Duration wait = expected.wake().minus(elapsed);
            Due planned = new Due();
            due = planned;
            giveUp = expected.giveUp();
            timer = scheduler.schedule(() -> mailbox.accept(planned), wait);
            told = told.at(Optional.of(ticker.instant().plus(wait)));
        });
    }

    /** By the slowest of its ways: which of them the next one will be is not known before. */
    private static Duration boot(BootHistory boots) {
        return Stream.of(Way.values())
                .flatMap(way -> boots.median(way).stream())
                .max(Duration::compareTo)
                .orElse(UNKNOWN_BOOT);
    }

    /** Whether to wake the project now, if that is possible. It is early from then on. */
    boolean wakes(Due now, boolean possible) {
        if (now != due) {
            return false;
        }
        cancel();
        early = possible && budget.take();
        return early;
    }

    /** The settings to which an effect is carried out: an early instance is kept for as long as somebody may still come. */
    Project kept(Effect effect, Project project) {
        boolean concerned = effect instanceof Effect.WatchIdle || effect instanceof Effect.CloseIfIdle;
        Long from = lastUse;
        if (!early || !concerned || from == null) {
            return project;
        }
        if (effect instanceof Effect.WatchIdle) {
            Duration left = giveUp.minusNanos(ticker.nanos() - from);
            keep = left.compareTo(SHORTEST_KEEP) < 0 ? SHORTEST_KEEP : left;
        }
        return project.withWaking(project.waking().withIdleTimeout(Optional.of(keep)));
    }

    /**
     * Looks, when all else is done, whether it is still in use: whatever ended that, it was not that nobody came.
     *
     * @param awake whether it is awake, or somebody waits for it
     */
    void see(boolean awake) {
        if (early && !awake) {
            endEarly();
        }
        if (inUse && !awake) {
            inUse = false;
            lastUse = ticker.nanos();
        }
    }

    /** Wakes nobody ahead until it has been in use again; an instance that is early is one like any other from now on. */
    void callOff() {
        cancel();
        if (early) {
            endEarly();
        }
    }

    private void cancel() {
        due = null;
        timer.cancel();
        timer = Scheduler.Cancellable.NONE;
        if (told.next().isPresent()) {
            told = told.at(Optional.empty());
        }
    }

    private void endEarly() {
        early = false;
        budget.giveBack();
    }
}
