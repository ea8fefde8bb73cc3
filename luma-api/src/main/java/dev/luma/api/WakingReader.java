package dev.luma.api;

import dev.luma.core.ProjectRules;
import dev.luma.core.Waking;
import dev.luma.core.Waking.ColdStart;
import dev.luma.core.Waking.Sleep;
import java.time.Duration;
import java.util.Optional;

/** Reads when a container sleeps and how it wakes, but for what its app has to answer. */
final class WakingReader {

    private final FieldReader fields;
    private final FieldErrors errors;

    WakingReader(FieldReader fields, FieldErrors errors) {
        this.fields = fields;
        this.errors = errors;
    }

    /** As usual as long as something is wrong, here or elsewhere, which the errors say. */
    Waking read() {
        Optional<Duration> idleTimeout = fields.has("idle_timeout") ? timeout("idle_timeout") : Optional.empty();
        Sleep sleep = fields.has("sleep") ? sleep() : Sleep.STOP;
        Optional<Duration> pauseTimeout = Optional.empty();
        if (fields.has("pause_timeout") && sleep == Sleep.PAUSE) {
            pauseTimeout = timeout("pause_timeout");
        } else if (fields.has("pause_timeout")) {
            errors.add("pause_timeout", ProjectRules.MEANINGLESS_WITHOUT_PAUSE);
        }
        boolean ephemeral = fields.has("ephemeral") && fields.flag("ephemeral");
        ColdStart coldStart = fields.has("cold_start") ? coldStart() : ColdStart.WAIT;
        boolean prewarm = fields.has("prewarm") && fields.flag("prewarm");
        return errors.isEmpty()
                ? Waking.USUAL
                        .withIdleTimeout(idleTimeout)
                        .withSleep(sleep, pauseTimeout)
                        .withEphemeral(ephemeral)
                        .withColdStart(coldStart)
                        .withPrewarm(prewarm)
                : Waking.USUAL;
    }

    /** What is no way to sleep counts as one that makes no other setting wrong. */
    private Sleep sleep() {
        return fields.word("sleep", Sleep::parse, "must be \"stop\" or \"pause\"")
                .orElse(Sleep.PAUSE);
    }

    private ColdStart coldStart() {
        return fields.word("cold_start", ColdStart::parse, "must be \"wait\" or \"page\"")
                .orElse(ColdStart.WAIT);
    }

    private Optional<Duration> timeout(String field) {
        Optional<Duration> duration = fields.duration(field);
        duration.ifPresent(time -> errors.check(field, ProjectRules.idleTimeout(time)));
        return duration;
    }
}
