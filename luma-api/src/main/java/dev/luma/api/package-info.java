/** The control plane: projects over HTTP and JSON. */
@NullMarked
package dev.luma.api;

import org.jspecify.annotations.NullMarked;
