/** The container runtime on a Docker engine. */
@NullMarked
package dev.luma.docker;

import org.jspecify.annotations.NullMarked;
