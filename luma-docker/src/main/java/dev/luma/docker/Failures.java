package dev.luma.docker;

import com.github.dockerjava.api.exception.DockerException;
import dev.luma.core.ContainerRuntime.StartFailure;
import dev.luma.core.ContainerRuntime.StartFailureException;
import dev.luma.core.Project;
import dev.luma.core.Refusal.Reason;
import java.util.List;

/** Why a start failed: what anyone may read, and what only the operator may. */
final class Failures {

    private Failures() {}

    static StartFailure of(Project project, Throwable error) {
        if (error instanceof StartFailureException known) {
            return known.failure();
        }
        if (error instanceof DockerException refusal) {
            String said = Words.refusal(refusal);
            return new StartFailure(
                    Reason.START_FAILED,
                    "the container of " + project.name() + " could not be started: " + Words.startRefusal(said),
                    List.of(said));
        }
        // What exactly is wrong with the engine is the operator's affair: the log and the status say it.
        return new StartFailure(Reason.RUNTIME_DOWN, "the container engine does not answer", List.of());
    }

    static StartFailure withoutImage(String image, String complaint) {
        return new StartFailure(
                Reason.START_FAILED,
                "the image " + image + " is not on this machine and could not be pulled",
                List.of(complaint));
    }

    static StartFailure withoutAddress(Project project) {
        return new StartFailure(
                Reason.START_FAILED,
                "the container engine gave the container of " + project.name() + " no address",
                List.of());
    }
}
