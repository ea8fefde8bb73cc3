package dev.luma.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;

/** JSON merge patch (RFC 7396): what the patch names is replaced, what it sets to null is removed. */
final class MergePatch {

    private MergePatch() {}

    /** The target with the patch applied; neither argument is changed. */
    static JsonNode apply(JsonNode target, JsonNode patch) {
        if (!patch.isObject()) {
            return patch;
        }
        ObjectNode result = target instanceof ObjectNode object ? object.deepCopy() : Json.object();
        for (Map.Entry<String, JsonNode> change : patch.properties()) {
            String field = change.getKey();
            if (change.getValue().isNull()) {
                result.remove(field);
            } else {
                result.set(field, apply(result.path(field), change.getValue()));
            }
        }
        return result;
    }
}
