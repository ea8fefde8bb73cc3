package dev.luma.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The directory in which one Luma keeps what outlives it. It is locked while it is open, so that two Lumas cannot share
 * it; the lock goes with the process, however that ends. Messages of its exceptions are sentences for the operator.
 */
public final class StateDirectory implements AutoCloseable {

    private static final Pattern OWNER = Pattern.compile("[0-9a-f]{16}");

    private final Path path;
    private final FileChannel lock;
    private final String owner;

    private StateDirectory(Path path, FileChannel lock, String owner) {
        this.path = path;
        this.lock = lock;
        this.owner = owner;
    }

    /** Makes the directory if it is not there, and locks it. */
    public static StateDirectory open(Path path) throws IOException {
        try {
            createPrivate(path);
        } catch (IOException refused) {
            throw notUsable(path, refused);
        }
        FileChannel lock = lock(path);
        try {
            return new StateDirectory(path, lock, owner(path));
        } catch (IOException | RuntimeException failed) {
            lock.close();
            throw failed;
        }
    }

    public Path path() {
        return path;
    }

    /** The id by which this Luma knows its own containers again; random, and made once for each state directory. */
    public String owner() {
        return owner;
    }

    @Override
    public void close() throws IOException {
        lock.close();
    }

    /** Makes a directory that only its owner can look into: what is kept may hold passwords. */
    static void createPrivate(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            Files.createDirectories(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
    }

    private static FileChannel lock(Path path) throws IOException {
        Path file = path.resolve("lock");
        FileChannel channel;
        try {
            channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        } catch (IOException refused) {
            throw notUsable(path, refused);
        }
        if (tryLock(channel) == null) {
            String holder = Files.readString(file).strip();
            channel.close();
            throw new IOException("state_dir " + path + " is in use by another Luma"
                    + (holder.isEmpty() ? "" : " (process " + holder + ")")
                    + ": stop that one, or give this one a --state-dir of its own");
        }
        channel.truncate(0);
        channel.write(ByteBuffer.wrap((ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.UTF_8)));
        return channel;
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException heldInThisProcess) {
            return null;
        }
    }

    private static String owner(Path path) throws IOException {
        Path file = path.resolve("owner");
        if (Files.exists(file)) {
            String owner = Files.readString(file).strip();
            if (OWNER.matcher(owner).matches()) {
                return owner;
            }
            throw new IOException(file + " does not hold the id that Luma wrote there (16 hexadecimal digits):"
                    + " restore it, or remove the file together with all containers labelled dev.luma.owner");
        }
        byte[] random = new byte[8];
        new SecureRandom().nextBytes(random);
        String owner = HexFormat.of().formatHex(random);
        AtomicFile.write(file, (owner + "\n").getBytes(StandardCharsets.UTF_8));
        return owner;
    }

    private static IOException notUsable(Path path, IOException cause) {
        String reason = cause instanceof AccessDeniedException ? "permission denied" : cause.toString();
        return new IOException(
                "state_dir " + path + " cannot be used (" + reason
                        + "): make it writable for the user that runs Luma, or name another with --state-dir",
                cause);
    }
}
