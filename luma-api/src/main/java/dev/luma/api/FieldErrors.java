package dev.luma.api;

import dev.luma.api.Problem.FieldError;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Collects what is wrong with a body, so that the user hears all of it at once. */
final class FieldErrors {

    private final List<FieldError> errors = new ArrayList<>();

    void add(String field, String message) {
        errors.add(new FieldError(field, message));
    }

    void check(String field, Optional<String> complaint) {
        complaint.ifPresent(message -> add(field, message));
    }

    boolean isEmpty() {
        return errors.isEmpty();
    }

    void throwIfAny() {
        if (!errors.isEmpty()) {
            throw new ProblemException(Problem.ofFields(Statuses.UNPROCESSABLE_CONTENT, errors));
        }
    }
}
