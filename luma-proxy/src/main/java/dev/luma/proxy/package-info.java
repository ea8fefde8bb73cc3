/** The data plane: takes requests in, finds their project, and relays the bytes. */
@NullMarked
package dev.luma.proxy;

import org.jspecify.annotations.NullMarked;
