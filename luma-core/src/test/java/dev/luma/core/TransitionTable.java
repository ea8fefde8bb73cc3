package dev.luma.core;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What follows on which event in which phase, one line for each: {@code event | phases | phase that follows, = for the
 * same | effects}. What is not in the table is forbidden, and changes nothing.
 */
final class TransitionTable {

    private static final String CONTAINER = """
            demand          | idle stopped due              | image   | prepare 2
            demand          | failed                        | =       | refuse START_FAILED
            demand          | running                       | =       | grant
            demand          | closed                        | =       | refuse SHUTTING_DOWN
            image-there     | image                         | line    | stand-in-line 1
            turn-came       | line                          | create  | start 1
            deserted        | line                          | stopped |
            enter-create    | image line                    | create  |
            enter-start     | image line create             | start   |
            enter-ready     | image line create start       | tried   |
            addressed       | image line create start tried | =       | probe 1
            addressed       | again                         | =       | probe 1
            moved           | image line create start tried | =       | probe 1
            moved           | again running died            | image   | suspend 1, stop 1, prepare 2
            moved           | pausing paused                | image   | suspend 1, stop 1, prepare 2
            ready           | image line create start tried | running | open 1, watch-idle 1, grant
            ready           | again                         | running | open 1, watch-idle 1, grant
            start-failed    | image line create start tried | failed  | refuse START_FAILED
            start-failed    | again running                 | stopped | suspend 1, stop 1
            start-overdue   | image line create start tried | failed  | drain 1, refuse START_FAILED
            start-overdue   | again                         | failed  | drain 1, refuse START_FAILED
            exited          | image line create start tried | failed  | stop 1, refuse START_FAILED
            exited          | again running                 | stopped | suspend 1, stop 1
            lost            | image line create start tried | image   | suspend 1, stop 1, prepare 2
            lost            | again running                 | stopped | suspend 1, stop 1
            unreachable     | running                       | again   | suspend 1, probe 1, check 1
            outdated        | again running                 | stopped | drain 1
            runtime-lost    | tried again                   | stopped | drain 1, refuse RUNTIME_DOWN
            idle-due        | running                       | =       | close-if-idle 1
            idle-closed     | running                       | stopped | sleep 1
            sleep           | image line                    | stopped |
            sleep           | create start tried            | stopped | drain 1
            sleep           | again running                 | stopped | drain 1
            sleep           | failed due                    | stopped |
            other-image     | idle stopped                  | =       |
            other-image     | image line                    | stopped |
            other-image     | create start tried            | stopped | drain 1
            other-image     | again running                 | stopped | drain 1
            other-image     | failed due                    | stopped |
            other-idle-time | idle stopped                  | =       |
            other-idle-time | image line create start tried | =       |
            other-idle-time | again                         | =       |
            other-idle-time | running                       | =       | close-if-idle 1
            other-idle-time | failed due                    | stopped |
            to-external     | idle stopped image line       | start   | start 2
            to-external     | create start tried            | start   | drain 1, start 2
            to-external     | again running                 | start   | drain 1, start 2
            to-external     | failed due                    | start   | start 2
            prepare-failed  | idle stopped                  | =       |
            prepare-failed  | image line create start tried | =       |
            prepare-failed  | again running                 | =       |
            prepare-failed  | failed due closed             | =       |
            close           | idle stopped failed due       | closed  | refuse SHUTTING_DOWN
            close           | image line                    | closed  | refuse SHUTTING_DOWN
            close           | create start tried            | closed  | drain 1, refuse SHUTTING_DOWN
            close           | again running                 | closed  | drain 1, refuse SHUTTING_DOWN
            close           | closed                        | =       | refuse SHUTTING_DOWN
            seen            | tried again                   | =       |
            end             | image line create start tried | ended   | suspend 1, stop-trying 1
            end             | again running                 | died    | suspend 1, stop-trying 1
            other-readiness | idle stopped                  | =       |
            other-readiness | image line create start       | =       |
            other-readiness | tried again                   | =       | probe 1
            other-readiness | running                       | =       | close-if-idle 1
            other-readiness | failed due                    | stopped |
            start-failed    | ended                         | failed  | refuse START_FAILED
            start-failed    | died                          | stopped | suspend 1, stop 1
            exited          | ended                         | failed  | stop 1, refuse START_FAILED
            exited          | died                          | stopped | suspend 1, stop 1
            lost            | ended                         | image   | suspend 1, stop 1, prepare 2
            lost            | died                          | stopped | suspend 1, stop 1
            outdated        | died                          | stopped | drain 1
            sleep           | ended died                    | stopped | drain 1
            other-image     | ended died                    | stopped | drain 1
            other-idle-time | ended died                    | =       |
            other-readiness | ended died                    | =       |
            to-external     | ended died                    | start   | drain 1, start 2
            prepare-failed  | ended died                    | =       |
            close           | ended died                    | closed  | drain 1, refuse SHUTTING_DOWN
            demand          | paused                        | again   | resume 1
            frozen          | pausing                       | paused  | watch-pause 1
            pause-failed    | pausing paused                | stopped | stop 1
            pause-over      | pausing paused                | stopped | sleep 1
            resume-failed   | image line create start tried | image   | stop 1, prepare 2
            resume-failed   | again ended died              | image   | stop 1, prepare 2
            end             | pausing paused                | died    | suspend 1, stop-trying 1
            start-failed    | pausing paused                | stopped | suspend 1, stop 1
            exited          | pausing paused                | stopped | suspend 1, stop 1
            lost            | pausing paused                | stopped | suspend 1, stop 1
            outdated        | pausing paused                | stopped | stop 1
            sleep           | pausing paused                | stopped | sleep 1
            other-image     | pausing paused                | stopped | stop 1
            other-idle-time | pausing paused                | stopped | sleep 1
            other-readiness | pausing paused                | stopped | sleep 1
            to-external     | pausing paused                | start   | stop 1, start 2
            prepare-failed  | pausing paused                | =       |
            close           | pausing paused                | closed  | stop 1, refuse SHUTTING_DOWN
            image-known     | image line create start tried | =       |
            image-known     | again running ended died      | =       |
            image-known     | pausing paused                | =       |
            """;

    /** Always awake but for a stop by hand, and nothing to an engine. */
    private static final String EXTERNAL = """
            demand          | idle stopped due              | start   | start 2
            demand          | failed                        | =       | refuse START_FAILED
            demand          | running                       | =       | grant
            demand          | closed                        | =       | refuse SHUTTING_DOWN
            image-there     | image                         | line    | stand-in-line 1
            turn-came       | line                          | create  | start 1
            deserted        | line                          | stopped |
            enter-create    | image line                    | create  |
            enter-start     | image line create             | start   |
            enter-ready     | image line create start       | tried   |
            addressed       | image line create start tried | =       | probe 1
            addressed       | again                         | =       | probe 1
            moved           | image line create start tried | =       | probe 1
            moved           | again running                 | start   | suspend 1, stop 1, start 2
            ready           | image line create start tried | running | open 1, grant
            ready           | again                         | running | open 1, grant
            start-failed    | image line create start tried | failed  | refuse START_FAILED, again in 1s
            start-overdue   | image line create start tried | failed  | drain 1, refuse START_FAILED, again in 1s
            start-overdue   | again                         | failed  | drain 1, refuse START_FAILED, again in 1s
            unreachable     | running                       | again   | suspend 1, probe 1, check 1
            outdated        | again running                 | start   | drain 1, start 2
            sleep           | image line                    | stopped |
            sleep           | create start tried            | stopped | drain 1
            sleep           | again running                 | stopped | drain 1
            sleep           | failed due                    | stopped |
            other-upstream  | idle stopped image line       | start   | start 2
            other-upstream  | create start tried            | start   | drain 1, start 2
            other-upstream  | again running                 | start   | drain 1, start 2
            other-upstream  | failed due                    | start   | start 2
            same-upstream   | idle stopped                  | start   | start 2
            same-upstream   | failed due                    | start   | start 2
            to-container    | idle stopped                  | =       |
            to-container    | image line                    | stopped |
            to-container    | create start tried            | stopped | drain 1
            to-container    | again running                 | stopped | drain 1
            to-container    | failed due                    | stopped |
            prepare-failed  | idle stopped                  | =       |
            prepare-failed  | image line create start tried | =       |
            prepare-failed  | again running                 | =       |
            prepare-failed  | failed due closed             | =       |
            close           | idle stopped failed due       | closed  | refuse SHUTTING_DOWN
            close           | image line                    | closed  | refuse SHUTTING_DOWN
            close           | create start tried            | closed  | drain 1, refuse SHUTTING_DOWN
            close           | again running                 | closed  | drain 1, refuse SHUTTING_DOWN
            close           | closed                        | =       | refuse SHUTTING_DOWN
            seen            | tried again                   | =       |
            other-readiness | idle stopped                  | start   | start 2
            other-readiness | image line create start       | =       |
            other-readiness | tried again                   | =       | probe 1
            other-readiness | running                       | =       |
            other-readiness | failed due                    | start   | start 2
            image-known     | image line create start tried | =       |
            image-known     | again running                 | =       |
            """;

    /** The phase that follows, by its word, and the effects in words. */
    record Outcome(String phase, String effects) {}

    private final Map<List<String>, Outcome> outcomes = new HashMap<>();

    static TransitionTable ofContainer() {
        return new TransitionTable(CONTAINER);
    }

    static TransitionTable ofExternal() {
        return new TransitionTable(EXTERNAL);
    }

    private TransitionTable(String text) {
        for (String line : text.lines().toList()) {
            String[] cells = line.split("\\|", -1);
            String event = cells[0].strip();
            for (String phase : cells[1].strip().split("\\s+", -1)) {
                String next = cells[2].strip().equals("=") ? phase : cells[2].strip();
                if (outcomes.put(List.of(event, phase), new Outcome(next, cells[3].strip())) != null) {
                    throw new IllegalStateException(event + " in " + phase + " is there twice");
                }
            }
        }
    }

    boolean allows(String event, String phase) {
        return outcomes.containsKey(List.of(event, phase));
    }

    Outcome outcome(String event, String phase) {
        return outcomes.get(List.of(event, phase));
    }

    int size() {
        return outcomes.size();
    }
}
