package dev.luma.api;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MergePatchTest {

    /** The cases of RFC 7396, appendix A. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'a':'b'}           | {'a':'c'}              | {'a':'c'}",
                "{'a':'b'}           | {'b':'c'}              | {'a':'b','b':'c'}",
                "{'a':'b'}           | {'a':null}             | {}",
                "{'a':'b','b':'c'}   | {'a':null}             | {'b':'c'}",
                "{'a':['b']}         | {'a':'c'}              | {'a':'c'}",
                "{'a':'c'}           | {'a':['b']}            | {'a':['b']}",
                "{'a':{'b':'c'}}     | {'a':{'b':'d','c':null}} | {'a':{'b':'d'}}",
                "{'a':[{'b':'c'}]}   | {'a':[1]}              | {'a':[1]}",
                "['a','b']           | ['c','d']              | ['c','d']",
                "{'a':'b'}           | ['c']                  | ['c']",
                "{'a':'foo'}         | null                   | null",
                "{'a':'foo'}         | 'bar'                  | 'bar'",
                "{'e':null}          | {'a':1}                | {'e':null,'a':1}",
                "[1,2]               | {'a':'b','c':null}     | {'a':'b'}",
                "{}                  | {'a':{'bb':{'ccc':null}}} | {'a':{'bb':{}}}",
            },
            quoteCharacter = '`')
    void mergesAsTheStandardSays(String target, String patch, String result) {
        JsonNode before = read(target);

        assertEquals(read(result), MergePatch.apply(before, read(patch)));
        assertEquals(read(target), before, "the target is left alone");
    }

    private static JsonNode read(String text) {
        return TestApi.json(text.replace('\'', '"'));
    }
}
