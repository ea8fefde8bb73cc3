/** The {@code luma} command: one file a verb. */
@NullMarked
package dev.luma.cli;

import org.jspecify.annotations.NullMarked;
