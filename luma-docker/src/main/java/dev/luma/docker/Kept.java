package dev.luma.docker;

import dev.luma.core.Project;
import dev.luma.core.Way;

/**
 * A container that does not run and only has to be started, with the sandbox that it will be in.
 *
 * @param madeFor the value of its label {@link Labels#INSTANCE}: nothing else tells it from one that nobody needs
 * @param imageId what the name of its image meant when it was made
 * @param project the settings that it was made for
 * @param way how an instance comes up in it
 * @param since the reading of the ticker when it was first kept
 */
record Kept(
        String madeFor,
        String containerId,
        String imageId,
        Project project,
        Place.Sandbox sandbox,
        Way way,
        long since) {

    /** Whether it does what a new one would do. */
    boolean serves(Project now) {
        return isOf(now)
                && project.runsLike(now)
                && !sandbox.isDead()
                && !(way == Way.KEPT && now.waking().ephemeral());
    }

    /** Whether it was made for this registration, and not for one that had the same name and is gone. */
    boolean isOf(Project now) {
        return project.name().equals(now.name()) && project.createdAt().equals(now.createdAt());
    }
}
