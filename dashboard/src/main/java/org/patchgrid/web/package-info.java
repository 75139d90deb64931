/**
 * The interactive pages of a study, on loopback. Start with {@link
 * org.patchgrid.web.DashboardServer}; the page itself is in {@code src/main/web}.
 *
 * <p>A browser asks named questions with typed parameters ({@link org.patchgrid.web.Api}); nothing
 * it sends becomes SQL or a file's name. {@link org.patchgrid.web.RequestGuard} refuses what other
 * sites could make it send.
 */
@NullMarked
package org.patchgrid.web;

import org.jspecify.annotations.NullMarked;
