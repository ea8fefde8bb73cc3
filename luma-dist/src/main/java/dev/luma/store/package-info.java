/** Where projects are kept over a restart. */
@NullMarked
package dev.luma.store;

import org.jspecify.annotations.NullMarked;
