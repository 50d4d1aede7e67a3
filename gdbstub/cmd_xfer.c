/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Documents for gdb: the target description (gdb manual, "Target Descriptions") and the memory map
 * ("Memory Map Format"), both made from what the target says of itself.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "gdbstub/xfer.h"

/* ---- pieces of a document ---- */

static void put_piece(struct reply *out, const struct document *document, uint32_t offset,
                      uint32_t length)
{
    size_t left = offset < document->size ? document->size - offset : 0;
    size_t wanted = left < length ? left : length;
    reply_char(out, 'm');
    size_t sent = wanted == 0 ? 0 : reply_binary(out, document->bytes + offset, wanted);
    if (sent == left)
        out->bytes[0] = 'l';
}

enum outcome xfer_read(struct session *s, struct payload *in, struct reply *out, const char *annex,
                       void (*write)(struct stub *stub, struct document *document))
{
    struct document document = {0};
    struct payload name = payload_field(in, ':');
    uint32_t offset;
    uint32_t length;
    if (!payload_range(in, &offset, &length) || !payload_done(in))
        return OUTCOME_MALFORMED;
    if (!payload_word(&name, annex) || !payload_done(&name)) {
        stub_explain(s->stub, "no such document");
        return OUTCOME_STATUS + TARGET_FAILED;
    }
    write(s->stub, &document);
    if (!document.failed)
        put_piece(out, &document, offset, length);
    free(document.bytes);
    return document.failed ? OUTCOME_STATUS + TARGET_NO_RESOURCE : OUTCOME_REPLY;
}

/* ---- target description ---- */

static void write_register(struct document *xml, const struct target_register *r)
{
    document_format(xml, "    <reg name=\"%s\" bitsize=\"%u\" type=\"%s\"", r->name, r->size * 8U,
                    r->type);
    if (r->group != NULL)
        document_format(xml, " group=\"%s\"", r->group);
    document_add(xml, "/>\n");
}

static void write_features(struct stub *stub, struct document *xml)
{
    const struct target_description *d = stub->ops->description;
    document_add(xml, "<?xml version=\"1.0\"?>\n"
                      "<!DOCTYPE target SYSTEM \"gdb-target.dtd\">\n"
                      "<target version=\"1.0\">\n");
    document_format(xml, "  <architecture>%s</architecture>\n", d->architecture);
    for (unsigned f = 0; d->features[f] != NULL; f++) {
        document_format(xml, "  <feature name=\"%s\">\n", d->features[f]->name);
        for (unsigned r = 0; r < d->features[f]->count; r++)
            write_register(xml, &d->features[f]->registers[r]);
        document_add(xml, "  </feature>\n");
    }
    document_add(xml, "</target>\n");
}

static enum outcome features(struct session *s, struct payload *in, struct reply *out)
{
    return xfer_read(s, in, out, "target.xml", write_features);
}

static bool has_description(const struct target_ops *ops)
{
    return ops->description != NULL && ops->registers != NULL;
}

/* ---- memory map ---- */

static void write_region(struct document *xml, const struct target_region *r)
{
    static const char *const kinds[] = {
        [TARGET_REGION_RAM] = "ram", [TARGET_REGION_ROM] = "rom", [TARGET_REGION_FLASH] = "flash"};
    uint64_t size = r->size != 0 ? r->size : ((uint64_t)1 << 32) - r->start;
    document_format(xml, "  <memory type=\"%s\" start=\"0x%" PRIx32 "\" length=\"0x%" PRIx64 "\"",
                    kinds[r->kind], r->start, size);
    if (r->kind == TARGET_REGION_FLASH)
        document_format(xml, "><property name=\"blocksize\">0x%" PRIx32 "</property></memory>\n",
                        r->block);
    else
        document_add(xml, "/>\n");
}

static void write_map(struct stub *stub, struct document *xml)
{
    size_t count;
    const struct target_region *regions = stub->ops->map->regions(stub->target, &count);
    document_add(xml,
                 "<?xml version=\"1.0\"?>\n"
                 "<!DOCTYPE memory-map PUBLIC \"+//IDN gnu.org//DTD GDB Memory Map V1.0//EN\"\n"
                 "  \"http://sourceware.org/gdb/gdb-memory-map.dtd\">\n"
                 "<memory-map>\n");
    for (size_t i = 0; i < count; i++)
        write_region(xml, &regions[i]);
    document_add(xml, "</memory-map>\n");
}

static enum outcome memory_map(struct session *s, struct payload *in, struct reply *out)
{
    return xfer_read(s, in, out, "", write_map);
}

static bool has_map(const struct target_ops *ops)
{
    return ops->map != NULL;
}

static const struct handler features_rows[] = {
    {"qXfer:features:read:", HANDLER_PREFIX, false, features},
    {0},
};

static const struct handler map_rows[] = {
    {"qXfer:memory-map:read:", HANDLER_PREFIX, false, memory_map},
    {0},
};

const struct handler_table features_handlers = {features_rows, has_description,
                                                "qXfer:features:read+;"};
const struct handler_table map_handlers = {map_rows, has_map, "qXfer:memory-map:read+;"};
