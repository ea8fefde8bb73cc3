package dev.luma.core;

/**
 * Address and port on which Luma reaches an instance.
 *
 * @param address an IP literal (v4, or v6 without brackets)
 * @param port 1 to 65535
 * @param reach how the address leads to the container, which decides what counts as proof that the app listens
 */
public record Endpoint(String address, int port, Reach reach) {

    /** The way from Luma to the container. */
    public enum Reach {
        /** The container's own address: an accepted TCP connection proves that the app listens. */
        DIRECT,
        /** A published port, behind a forwarder that may accept before the app does: only an answer is proof. */
        PUBLISHED
    }

    /** The authority form, with brackets around an IPv6 address. */
    public String authority() {
        return (address.indexOf(':') >= 0 ? "[" + address + "]" : address) + ":" + port;
    }
}
