package dev.luma.docker;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;

/**
 * The program of a sandbox, as a whole ELF file of some hundred bytes: it waits for ever, and does nothing else. It is
 * written here instruction by instruction, so that nothing has to be compiled, downloaded or trusted. As the first process
 * of its container it is deaf to every signal but SIGKILL.
 */
final class SandboxProgram {

    /**
     * <pre>
     *   b8 22 00 00 00   again: mov eax, 34    pause(2)
     *   0f 05                   syscall
     *   eb f7                   jmp again
     * </pre>
     */
    private static final SandboxProgram AMD64 =
            new SandboxProgram("amd64", 62, HexFormat.of().parseHex("b822000000" + "0f05" + "ebf7"));

    /**
     * <pre>
     *   d2800000   again: mov x0, 0     ppoll(2) of no file, without a limit: there is no pause(2) here
     *   d2800001          mov x1, 0
     *   d2800002          mov x2, 0
     *   d2800003          mov x3, 0
     *   d2800928          mov x8, 73
     *   d4000001          svc 0
     *   17fffffa          b again
     * </pre>
     */
    private static final SandboxProgram ARM64 = new SandboxProgram(
            "arm64",
            183,
            littleEndian(0xd2800000, 0xd2800001, 0xd2800002, 0xd2800003, 0xd2800928, 0xd4000001, 0x17fffffa));

    private static final int FILE_HEADER = 64;
    private static final int PROGRAM_HEADER = 56;
    private static final long LOADED_AT = 0x400000;
    /** The largest page there is, so that each kernel can map the file. */
    private static final long ALIGNED_TO = 0x10000;

    private final String architecture;
    private final int machine;
    private final byte[] code;

    /**
     * @param architecture the processor's, by its name in images
     * @param machine the number of the processor's architecture in ELF
     * @param code what it does
     */
    private SandboxProgram(String architecture, int machine, byte[] code) {
        this.architecture = architecture;
        this.machine = machine;
        this.code = code;
    }

    /** The one for a processor by the engine's name for it; empty when there is none. */
    static Optional<SandboxProgram> forArchitecture(String architecture) {
        return switch (architecture.toLowerCase(Locale.ROOT)) {
            case "x86_64", "amd64" -> Optional.of(AMD64);
            case "aarch64", "arm64" -> Optional.of(ARM64);
            default -> Optional.empty();
        };
    }

    String architecture() {
        return architecture;
    }

    /** The file: a header, one segment that is the whole file, and the code. */
    byte[] file() {
        int size = FILE_HEADER + PROGRAM_HEADER + code.length;
        return ByteBuffer.allocate(size)
                .order(ByteOrder.LITTLE_ENDIAN)
                // 64 bits, little endian, version 1, for any system
                .put(HexFormat.of().parseHex("7f454c46020101000000000000000000"))
                .putShort((short) 2) // an executable
                .putShort((short) machine)
                .putInt(1)
                .putLong(LOADED_AT + FILE_HEADER + PROGRAM_HEADER) // where it begins
                .putLong(FILE_HEADER)
                .putLong(0) // no sections
                .putInt(0)
                .putShort((short) FILE_HEADER)
                .putShort((short) PROGRAM_HEADER)
                .putShort((short) 1)
                .putShort((short) 0)
                .putShort((short) 0)
                .putShort((short) 0)
                .putInt(1) // to be loaded
                .putInt(5) // to be read and executed
                .putLong(0)
                .putLong(LOADED_AT)
                .putLong(LOADED_AT)
                .putLong(size)
                .putLong(size)
                .putLong(ALIGNED_TO)
                .put(code)
                .array();
    }

    private static byte[] littleEndian(int... words) {
        ByteBuffer octets = ByteBuffer.allocate(words.length * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int word : words) {
            octets.putInt(word);
        }
        return octets.array();
    }
}
