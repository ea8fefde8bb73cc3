package dev.luma.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * However clients come, leave and are answered while a line is let out: nobody is lost, no client gets two turns while
 * another one waits for its first, and no more are at work than the answers so far have made room for.
 */
class PacePropertyTest {

    private static final int LIVES = 500;

    private final Map<FakeRequest, Integer> cameBefore = new HashMap<>();

    @Test
    void everyClientHasItsTurnAndNobodyIsLost() {
        LongStream.range(0, LIVES).forEach(seed -> {
            try {
                live(new SplittableRandom(seed));
            } catch (AssertionError | RuntimeException broken) {
                throw new AssertionError("seed " + seed, broken);
            }
        });
    }

    private void live(SplittableRandom random) {
        cameBefore.clear();
        Simulation simulation = new Simulation();
        int clients = 1 + random.nextInt(8);
        int parked = random.nextInt(300);
        for (int i = 0; i < parked; i++) {
            come(simulation, random, clients);
        }
        if (simulation.runtime.starts() == 0) {
            come(simulation, random, clients);
        }
        simulation.runtime.latest().becomeReady();
        int back = 0;
        while (simulation.upstream().status().waiting() > 0) {
            List<FakeRequest> atWork = simulation.atWork();
            assertTrue(atWork.size() <= Window.FIRST + back, atWork.size() + " at work after " + back + " answers");
            int what = random.nextInt(10);
            if (what == 0) {
                come(simulation, random, clients);
            } else if (what == 1) {
                simulation.requests().stream()
                        .filter(FakeRequest::isWaiting)
                        .skip(random.nextInt(simulation.upstream().status().waiting()))
                        .findFirst()
                        .ifPresent(FakeRequest::cancel);
            } else {
                back++;
                atWork.get(random.nextInt(atWork.size())).finish();
            }
        }
        simulation.answerAll();
        simulation.assertEveryRequestEndedOnce();
        assertEquals(List.of(), overtaken(simulation));
        assertTrue(simulation.requests().stream().allMatch(request -> request.reason() == null));
        simulation.time.advanceSeconds(60);
        simulation.assertAtRest();
        simulation.assertNoViolation();
    }

    private void come(Simulation simulation, SplittableRandom random, int clients) {
        // Some ask much more often than others.
        int client = Math.min(random.nextInt(clients), random.nextInt(clients));
        int granted = simulation.grants().size();
        cameBefore.put(simulation.requestOf("client" + client), granted);
    }

    /** Clients that were let through twice while another one, who waited all that time and got through, was not. */
    private List<String> overtaken(Simulation simulation) {
        List<FakeRequest> grants = simulation.grants();
        List<String> wrong = new ArrayList<>();
        for (int i = 0; i < grants.size(); i++) {
            FakeRequest late = grants.get(i);
            Map<String, Integer> turns = new HashMap<>();
            for (int before = i - 1; before >= cameBefore.get(late); before--) {
                String client = grants.get(before).client;
                if (client.equals(late.client)) {
                    break;
                }
                if (turns.merge(client, 1, Integer::sum) > 1) {
                    wrong.add(client + " twice before " + late.client + " at " + i);
                }
            }
        }
        return wrong;
    }
}
