package dev.luma.config;

/** Whether there is an access log, and how its lines look. */
public enum AccessLogFormat {
    OFF,
    COMMON,
    JSON
}
