package org.patchgrid.query;

import java.util.Optional;

/**
 * A column of the view {@code parameters}.
 *
 * @param required whether a value must be given
 * @param defaultText without a value; empty for null
 */
public record QueryParameter(
    String name, ColumnType type, boolean required, Optional<String> defaultText) {}
