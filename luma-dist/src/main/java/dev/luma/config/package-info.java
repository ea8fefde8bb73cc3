/** What the operator can set: one table of settings, read from luma.yaml, the environment and flags. */
@NullMarked
package dev.luma.config;

import org.jspecify.annotations.NullMarked;
