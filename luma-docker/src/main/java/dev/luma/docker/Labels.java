package dev.luma.docker;

import dev.luma.core.Project;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The labels by which Luma knows its containers again. */
final class Labels {

    /** The Luma that made the container. */
    static final String OWNER = "dev.luma.owner";

    static final String PROJECT = "dev.luma.project";

    /** The revision for which the container was made; later ones that run alike may have it too. */
    static final String REVISION = "dev.luma.revision";

    /** The instance for which the container was made; it may be kept for another, and then this stays as it is. */
    static final String INSTANCE = "dev.luma.instance";

    /** The name of a sandbox. */
    static final String SANDBOX = "dev.luma.sandbox";

    private Labels() {}

    static Map<String, String> of(String owner, Project project, String instanceId) {
        return Map.of(
                OWNER,
                owner,
                PROJECT,
                project.name(),
                REVISION,
                Integer.toString(project.revision()),
                INSTANCE,
                instanceId);
    }

    /** Whether a container with these labels was made by the given Luma. */
    static boolean ownedBy(String owner, @Nullable Map<String, String> labels) {
        return labels != null && owner.equals(labels.get(OWNER));
    }

    static Optional<String> instance(@Nullable Map<String, String> labels) {
        return value(labels, INSTANCE);
    }

    static Optional<String> sandbox(@Nullable Map<String, String> labels) {
        return value(labels, SANDBOX);
    }

    private static Optional<String> value(@Nullable Map<String, String> labels, String label) {
        return labels == null ? Optional.empty() : Optional.ofNullable(labels.get(label));
    }
}
