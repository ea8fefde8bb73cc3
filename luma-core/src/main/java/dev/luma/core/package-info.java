/**
 * The domain: projects, the pure state machine that wakes them and puts them to sleep, the waiting line, leases, and
 * the ports that adapters implement. Plain JDK; time and threads come in through ports.
 */
@NullMarked
package dev.luma.core;

import org.jspecify.annotations.NullMarked;
