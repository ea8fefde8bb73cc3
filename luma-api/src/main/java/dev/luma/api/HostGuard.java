package dev.luma.api;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;

/**
 * Refuses requests that were meant for another host than this machine. A page in a browser can make its own host name
 * point to 127.0.0.1 (DNS rebinding) and then read and change everything here as if it were its own server; its requests
 * still carry that name.
 */
final class HostGuard {

    private HostGuard() {}

    static void check(HttpRequest head, Target target) {
        List<String> hosts = head.headers().getAll(HttpHeaderNames.HOST);
        if (hosts.size() > 1) {
            throw refusal(HttpResponseStatus.BAD_REQUEST, "The request has more than one Host header");
        }
        if (hosts.isEmpty() && head.protocolVersion().equals(HttpVersion.HTTP_1_1)) {
            throw refusal(HttpResponseStatus.BAD_REQUEST, "The request has no Host header, which HTTP/1.1 demands");
        }
        hosts.forEach(HostGuard::checkAuthority);
        target.authority().ifPresent(HostGuard::checkAuthority);
    }

    /** Whether the host, a name or an IP literal with or without brackets, can only be this machine. */
    static boolean isLoopback(String host) {
        String name = host.toLowerCase(Locale.ROOT);
        if (name.endsWith(".")) {
            name = name.substring(0, name.length() - 1);
        }
        if (name.equals("localhost") || name.endsWith(".localhost")) {
            return true;
        }
        byte[] address = NetUtil.createByteArrayFromIpAddressString(name);
        try {
            return address != null && InetAddress.getByAddress(address).isLoopbackAddress();
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException("an IP literal of a strange length: " + host, impossible);
        }
    }

    private static void checkAuthority(String authority) {
        if (!isLoopback(hostOf(authority))) {
            throw refusal(
                    HttpResponseStatus.MISDIRECTED_REQUEST,
                    "The API answers to loopback names only (localhost, *.localhost, 127.0.0.1, [::1]), not to \""
                            + authority + "\", so that no web page can reach it through a DNS name of its own");
        }
    }

    private static String hostOf(String authority) {
        int bracket = authority.lastIndexOf(']');
        int colon = authority.lastIndexOf(':');
        return colon > bracket ? authority.substring(0, colon) : authority;
    }

    private static ProblemException refusal(HttpResponseStatus status, String detail) {
        return new ProblemException(Problem.of(status, detail));
    }
}
