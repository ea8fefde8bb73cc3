package dev.luma.cli;

/** The program. */
public final class Main {

    private Main() {}

    public static void main(String[] arguments) {
        System.exit(LumaCommand.run(arguments, System.out, System.err));
    }
}
