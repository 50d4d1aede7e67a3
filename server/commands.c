/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finds a command in the tables and runs it; `help`. See commands.h. */
#include "server/commands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/server.h"

enum { LINE_WORDS = 32 };

static bool run_help(const struct command_call *call);

static const struct command commands_general[] = {
    {"help", "[COMMAND]", "lists the commands, or explains one", false, run_help},
    {NULL, NULL, NULL, false, NULL},
};

static const struct command *const tables[] = {
    commands_general, commands_run_control, commands_timeline, commands_view, commands_memory, commands_board,
    commands_compatible,
};

/* ---- finding ---- */

/* How many words of the line the name takes up; 0: it is not this command. */
static unsigned matches(const struct command *command, char *const *words, unsigned count)
{
    const char *name = command->name;
    unsigned used = 0;

    while (*name) {
        size_t size = strcspn(name, " ");
        if (used == count || strlen(words[used]) != size || memcmp(words[used], name, size))
            return 0;
        name += size + (name[size] == ' ');
        used++;
    }
    return used;
}

/* The command with the longest name that the words begin with. */
static const struct command *find(char *const *words, unsigned count, unsigned *used)
{
    const struct command *best = NULL;

    *used = 0;
    for (unsigned t = 0; t < sizeof tables / sizeof *tables; t++)
        for (const struct command *c = tables[t]; c->name; c++) {
            unsigned n = matches(c, words, count);
            if (n > *used) {
                best = c;
                *used = n;
            }
        }
    return best;
}

static unsigned split(char *line, char **words)
{
    unsigned count = 0;
    char *save = NULL;

    for (char *word = strtok_r(line, " \t\r\n", &save); word && count < LINE_WORDS;
         word = strtok_r(NULL, " \t\r\n", &save))
        words[count++] = word;
    return count;
}

/* The line behind its first `count` words. */
static const char *after_words(const char *line, unsigned count)
{
    while (count--) {
        line += strspn(line, " \t");
        line += strcspn(line, " \t");
    }
    return line + strspn(line, " \t");
}

static bool unknown(struct server *server, const char *word)
{
    server_say(server, "backstep: no such command: %s (see 'help')\n", word);
    return !server->options->strict_monitor;
}

static bool run_words(struct server *server, const char *line, char **words, unsigned count,
                      bool in_control)
{
    unsigned used;
    const struct command *command = find(words, count, &used);
    struct command_call call = {
        .server = server, .words = words + used - 1, .count = count - used + 1,
        .rest = after_words(line, used),
    };

    if (!command)
        return unknown(server, words[0]);
    if (command->changes && !in_control) {
        server_say(server, "%s: another debugger is in control\n", command->name);
        return false;
    }
    return command->run(&call);
}

bool commands_run(struct server *server, const char *line, bool in_control)
{
    char *copy = strdup(line), *words[LINE_WORDS];
    unsigned count;
    bool done;

    if (!copy)
        return false;
    count = split(copy, words);
    done = !count || run_words(server, line, words, count, in_control);
    free(copy);
    return done;
}

/* ---- help ---- */

static void say_command(struct server *server, const struct command *c)
{
    char usage[80];

    snprintf(usage, sizeof usage, "%s%s%s", c->name, *c->arguments ? " " : "", c->arguments);
    server_say(server, "  %-34s %s\n", usage, c->summary);
}

static bool run_help(const struct command_call *call)
{
    bool found = false;

    for (unsigned t = 0; t < sizeof tables / sizeof *tables; t++)
        for (const struct command *c = tables[t]; c->name; c++) {
            if (!c->summary || (call->count > 1 && strncmp(c->name, call->rest, strlen(call->rest))))
                continue;
            say_command(call->server, c);
            found = true;
        }
    if (!found)
        server_say(call->server, "help: nothing is called %s\n", call->rest);
    return true;
}
