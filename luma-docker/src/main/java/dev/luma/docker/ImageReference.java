package dev.luma.docker;

/**
 * An image reference as the engine takes it for a pull.
 *
 * @param repository with the registry, if one was named; with the digest, if one was named
 * @param tag empty when a digest says which image is meant
 */
record ImageReference(String repository, String tag) {

    /** Splits a reference; without tag and digest {@code latest} is meant, as everywhere (the engine would pull all tags). */
    static ImageReference parse(String text) {
        if (text.indexOf('@') >= 0) {
            return new ImageReference(text, "");
        }
        int colon = text.lastIndexOf(':');
        // A colon before the last slash belongs to the port of a registry.
        return colon > text.lastIndexOf('/')
                ? new ImageReference(text.substring(0, colon), text.substring(colon + 1))
                : new ImageReference(text, "latest");
    }

    /** The whole reference, the same for every way to write it. */
    String canonical() {
        return tag.isEmpty() ? repository : repository + ":" + tag;
    }
}
