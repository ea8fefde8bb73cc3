package dev.luma.config;

/** How much Luma logs: what is named and everything more serious. */
public enum LogLevel {
    ERROR,
    WARN,
    INFO,
    DEBUG,
    TRACE
}
