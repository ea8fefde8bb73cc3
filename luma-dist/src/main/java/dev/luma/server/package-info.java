/** The composition root: every thread and every clock is created here. */
@NullMarked
package dev.luma.server;

import org.jspecify.annotations.NullMarked;
