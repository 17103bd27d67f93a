/* Whether a line may be code: the counterpart of `_may_be_code` in pipeline/text/plain/hints.py. */
#include "hints.h"

#define MAX_CODE 400 /* of hints.py */
#define SHORT_CODE 40

/* Whether an equals sign stands in a line, or an arrow to the left (`_CODE_HAS`). */
static int assigns(const Text *text, const Line *line)
{
    for (Py_ssize_t at = line->start; at < line->end; at++) {
        const uint32_t code = text_at(text, at);
        if (code == '=' || (code == '<' && at + 1 < line->end && text_at(text, at + 1) == '-'))
            return 1;
    }
    return 0;
}

static int is_brace(uint32_t code)
{
    return code == '{' || code == '}' || code == ';';
}

/* `_CODE_NAMED`: words in capitals, a call, the key of a value, opening brackets. */
static int is_named_as_code(const Text *text, const Line *line)
{
    Py_ssize_t at = line->start;
    const uint32_t first = text_at(text, at), second = line_at(text, line, at + 1), third = line_at(text, line, at + 2);
    if ((first == 'S' && second == 'E') || (first == 'I' && second == 'N') || (first == 'U' && second == 'P') ||
        (first == 'D' && second == 'E') || (first == 'C' && (second == 'R' || second == ':')) ||
        (first == 'A' && second == 'L') || (first == 'P' && second == 'S' && third == '>') ||
        (first == 'I' && second == 'n' && is_space(third) && line_at(text, line, at + 3) == '['))
        return 1;
    if (first == '"' || first == '\'') {
        Py_ssize_t inside = 0;
        for (at++; inside <= 60 && at < line->end && text_at(text, at) != '"' && text_at(text, at) != '\''; at++)
            inside++;
        if (inside < 1 || inside > 60 || at >= line->end)
            return 0;
        for (at++; at < line->end && is_space(text_at(text, at)); at++)
            ;
        const uint32_t sign = line_at(text, line, at);
        return sign == ':' || (sign == '=' && line_at(text, line, at + 1) == '>');
    }
    if (first == '[' || first == '(' || first == '{')
        return at + 1 == line->end || second == '[' || second == '(' || second == '{' || second == ',';
    for (; at < line->end; at++) {
        const uint32_t code = text_at(text, at);
        if (!is_alnum(code) && code != '_' && code != '.' && code != ':' && code != '>' && code != '$' && code != '-')
            return at > line->start && code == '(';
    }
    return 0;
}

/* What keywords of code begin with (`_CODE_WORDS`). */
static const char *const code_words[] = {
    "abstract", "apt", "async", "bool", "brew", "cargo", "case", "catch", "cd", "char", "class", "const", "curl",
    "data", "declare", "def", "do", "el", "end", "enum", "esac", "except", "export", "exten", "extern", "fi", "float",
    "fn", "for", "from", "func", "git", "if", "impl", "import", "in", "irb", "let", "make", "message", "mkdir",
    "module", "namespace", "npm", "object", "open", "package", "pip", "private", "protected", "proto", "pub", "record",
    "require", "return", "sealed", "service", "static", "string", "struct", "sub", "sudo", "switch", "then", "trait",
    "try", "union", "unsafe", "unsigned", "until", "using", "val", "var", "void", "wget", "while", "with", "yarn",
};

static int begins_with_code_word(const Text *text, const Line *line)
{
    const uint32_t first = text_at(text, line->start);
    for (size_t i = 0; i < sizeof code_words / sizeof *code_words; i++) {
        const char *word = code_words[i];
        if ((uint32_t)word[0] != first)
            continue;
        Py_ssize_t at = line->start;
        while (*word != 0 && line_at(text, line, at) == (uint32_t)*word) {
            word++;
            at++;
        }
        if (*word == 0)
            return 1;
    }
    return 0;
}

/* `_may_be_code` */
int may_be_code(const Text *text, const Line *line, const Inside *inside, Py_ssize_t indent)
{
    const Py_ssize_t size = line->end - line->start;
    if (size > MAX_CODE)
        return 0;
    const uint32_t first = text_at(text, line->start);
    const int has_symbol = (inside->says & IS_SYMBOL) != 0;
    if (has_symbol || indent > 0 || size < SHORT_CODE) {
        switch (first) {
        case '@': case '}': case '#': case '<': case '$': case '>': case '.': case ']': case ')': case '/': case '*':
            return 1;
        default:
            if (first >= 'a' && first <= 'z' && begins_with_code_word(text, line))
                return 1;
        }
    }
    if (is_named_as_code(text, line))
        return 1;
    if (!has_symbol)
        return 0;
    return ((inside->says & IS_SIGN) && assigns(text, line)) || is_brace(text_at(text, line->end - 1)) ||
           ((inside->says & IS_BRACE) && (inside->pairs & IS_SLASH));
}

