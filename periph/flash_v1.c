/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Embedded flash interface of the STM32F100 (PM0063): keys, page and mass erase, programming by half-words,
 * option bytes. It is the writer of the chip's memories "flash" and "options". There are no wait states.
 *
 * An operation takes its typical time from the data sheet. The bytes change when it starts; BSY, EOP and the
 * interrupt follow at its end. While it runs the flash answers nobody: code that runs from it stands still,
 * so that guest time jumps to the end of the operation with the access that started it; code in RAM goes on
 * and sees BSY.
 *
 * A store that is not a half-word is a bus error. A store without PG or OPTPG gives PGERR (the manual does
 * not say what it does). The option bytes take effect at reset. Not modelled, and reported: readout protection;
 * nRST_STOP and nRST_STDBY; half-cycle access (HLFCYA).
 */
#include "periph/flash_v1.h"

#include "core/bus.h"
#include "core/irq.h"
#include "core/log.h"
#include "core/signal.h"
#include "periph/devices.h"
#include "periph/flash_common.h"
#include "periph/report.h"
#include "periph/table.h"

enum { ACR, KEYR, OPTKEYR, SR, CR, AR, OBR, WRPR, REGS };

#define ACR_HLFCYA (1u << 3)

#define SR_BSY      (1u << 0)
#define SR_PGERR    (1u << 2)
#define SR_WRPRTERR (1u << 4)
#define SR_EOP      (1u << 5)

#define CR_PG     (1u << 0)
#define CR_PER    (1u << 1)
#define CR_MER    (1u << 2)
#define CR_OPTPG  (1u << 4)
#define CR_OPTER  (1u << 5)
#define CR_STRT   (1u << 6)
#define CR_LOCK   (1u << 7)
#define CR_OPTWRE (1u << 9)
#define CR_ERRIE  (1u << 10)
#define CR_EOPIE  (1u << 12)

#define OBR_OPTERR (1u << 0)
#define OBR_RDPRT  (1u << 1)
#define OBR_WDG_SW (1u << 2)
#define OBR_NO_RESETS (3u << 3)     /* nRST_STOP, nRST_STDBY */

enum { RDP_OFF = 0xA5 };

/* clang-format off */
static const struct reg regs[REGS] = {
    [ACR] = REG_PLAIN("ACR", 0x00, 0, ACR_HLFCYA, BIT("HLFCYA", 3)),
    [KEYR] = {.name = "KEYR", .offset = 0x04, .width = 32, .action = UINT32_MAX,
        .fields = FIELDS(BITS("KEY", 0, 32))},
    [OPTKEYR] = {.name = "OPTKEYR", .offset = 0x08, .width = 32, .action = UINT32_MAX,
        .fields = FIELDS(BITS("OPTKEY", 0, 32))},
    [SR] = {.name = "SR", .offset = 0x0C, .width = 32, .readable = 0x35, .w1c = 0x34,
        .fields = FIELDS(BIT("BSY", 0), BIT("PGERR", 2), BIT("WRPRTERR", 4), BIT("EOP", 5))},
    [CR] = {.name = "CR", .offset = 0x10, .width = 32, .reset = CR_LOCK, .readable = 0x16F7,
        .writable = 0x1437, .w1s = CR_LOCK | CR_STRT, .w0c = CR_OPTWRE, .fields = FIELDS(
            BIT("PG", 0), BIT("PER", 1), BIT("MER", 2), BIT("OPTPG", 4), BIT("OPTER", 5), BIT("STRT", 6),
            BIT("LOCK", 7), BIT("OPTWRE", 9), BIT("ERRIE", 10), BIT("EOPIE", 12))},
    [AR] = {.name = "AR", .offset = 0x14, .width = 32, .writable = UINT32_MAX,
        .fields = FIELDS(BITS("FAR", 0, 32))},
    [OBR] = REG_CONST("OBR", 0x1C, 0x03FFFFFC, 0x03FFFFFF, BIT("OPTERR", 0), BIT("RDPRT", 1),
        BIT("WDG_SW", 2), BIT("nRST_STOP", 3), BIT("nRST_STDBY", 4), BITS("USER", 5, 5),
        BITS("Data0", 10, 8), BITS("Data1", 18, 8)),
    [WRPR] = REG_CONST("WRPR", 0x20, 0xFFFFFFFF, 0xFFFFFFFF, BITS("WRP", 0, 32)),
};
/* clang-format on */

struct flash_state {
    uint32_t reg[REGS];
    uint32_t lock;              /* enum flash_lock */
    uint32_t option_lock;
    struct delay operation;
};

/* Typical times of the data sheet. */
enum { PROGRAM_NS = 52500, ERASE_NS = 20000000 };

static bool busy(const struct device *d)
{
    return reg_get(d, SR) & SR_BSY;
}

static void update_irq(struct device *d)
{
    uint32_t sr = reg_get(d, SR), cr = reg_get(d, CR);

    irq_set(d, 0, (sr & SR_EOP && cr & CR_EOPIE) || (sr & (SR_PGERR | SR_WRPRTERR) && cr & CR_ERRIE));
}

static void finish(struct device *d)
{
    reg_clear_bits(d, SR, SR_BSY);
    reg_clear_bits(d, CR, CR_STRT);
    reg_set_bits(d, SR, SR_EOP);
    update_irq(d);
}

static void wait_until_idle(struct device *d)
{
    flash_wait(d, finish);
}

static void start(struct device *d, uint64_t ns)
{
    struct flash_state *s = d->state;

    reg_set_bits(d, SR, SR_BSY);
    flash_start(d, &s->operation, ns, finish);
}

static void fail(struct device *d, uint32_t flag, unsigned reg, const char *why)
{
    reg_set_bits(d, SR, flag);
    diag_guest(d, DIAG_SEQUENCE, reg, "%s", why);
    update_irq(d);
}

static bool write_protected(const struct device *d, uint32_t offset)
{
    const struct flash_v1_config *config = device_config(d);
    uint32_t group = offset / (config->page * config->pages_per_wrp);

    return !(reg_get(d, WRPR) >> (group < 31 ? group : 31) & 1);
}

/* ---- erase ---- */

static void erase_page(struct device *d)
{
    const struct flash_v1_config *config = device_config(d);
    const struct nvm *flash = flash_memory(d);
    uint32_t offset = (reg_get(d, AR) - 0x08000000) & ~(config->page - 1);

    if (offset >= flash->size) {
        fail(d, SR_PGERR, AR, "erase of a page that does not exist");
    } else if (write_protected(d, offset)) {
        fail(d, SR_WRPRTERR, CR, "erase of a write-protected page");
    } else {
        nvm_erase(flash_memory(d), offset, config->page);
        start(d, ERASE_NS);
    }
}

static void erase_all(struct device *d)
{
    if (reg_get(d, WRPR) != UINT32_MAX) {
        fail(d, SR_WRPRTERR, CR, "mass erase with write-protected pages");
        return;
    }
    nvm_erase(flash_memory(d), 0, flash_memory(d)->size);
    start(d, ERASE_NS);
}

static void erase_options(struct device *d)
{
    struct nvm *options = device_nvm(d, "options");

    nvm_erase(options, 0, options->size);
    start(d, ERASE_NS);
}

static void start_erase(struct device *d)
{
    uint32_t cr = reg_get(d, CR);

    if (cr & CR_OPTER && cr & CR_OPTWRE)
        erase_options(d);
    else if (cr & CR_MER)
        erase_all(d);
    else if (cr & CR_PER)
        erase_page(d);
    else
        diag_guest(d, DIAG_SEQUENCE, CR, "STRT needs PER, MER, or OPTER with OPTWRE");
    if (!busy(d))
        reg_clear_bits(d, CR, CR_STRT);
}

/* ---- programming ---- */

/* A half-word of the main flash: it must be erased, unless it is to become 0. */
static void program(struct device *d, struct nvm *nvm, uint32_t offset, uint32_t value)
{
    uint8_t bytes[2] = {(uint8_t)value, (uint8_t)(value >> 8)};

    if (write_protected(d, offset)) {
        fail(d, SR_WRPRTERR, SR, "programming of a write-protected page");
    } else if ((nvm->bytes[offset] & nvm->bytes[offset + 1]) != 0xFF && value) {
        fail(d, SR_PGERR, SR, "programming of a half-word that is not erased");
    } else {
        nvm_program(nvm, offset, bytes, sizeof bytes);
        start(d, PROGRAM_NS);
    }
}

/* An option byte: the controller makes its complement (PM0063 2.5). */
static void program_option(struct device *d, struct nvm *nvm, uint32_t offset, uint32_t value)
{
    uint8_t bytes[2] = {(uint8_t)value, (uint8_t)~value};

    if ((nvm->bytes[offset] & nvm->bytes[offset + 1]) != 0xFF) {
        fail(d, SR_PGERR, SR, "programming of an option byte that is not erased");
        return;
    }
    nvm_program(nvm, offset, bytes, sizeof bytes);
    start(d, PROGRAM_NS);
}

static bool mem_write(struct device *d, struct nvm *nvm, uint32_t offset, unsigned size, uint32_t value)
{
    bool option = nvm != flash_memory(d);
    uint32_t enable = option ? CR_OPTPG | CR_OPTWRE : CR_PG;

    wait_until_idle(d);
    if (size != 2)
        return false;
    if ((reg_get(d, CR) & enable) != enable)
        fail(d, SR_PGERR, SR, option ? "store to the option bytes without OPTPG and OPTWRE"
                                     : "store to the flash without PG");
    else if (option)
        program_option(d, nvm, offset, value);
    else
        program(d, nvm, offset, value);
    return true;
}

/* ---- keys and registers ---- */

static void write_cr(struct device *d, uint32_t value, uint32_t lanes)
{
    uint32_t old = reg_get(d, CR);

    if (old & CR_LOCK) {
        if ((old ^ value) & lanes & regs[CR].readable)
            diag_guest(d, DIAG_SEQUENCE, CR, "written while it is locked: ignored");
        return;
    }
    wait_until_idle(d);
    old = reg_get(d, CR);
    if (reg_store(d, CR, value, lanes) & ~old & CR_STRT)
        start_erase(d);
    update_irq(d);
}

static void write(struct device *d, unsigned reg, uint32_t value, uint32_t lanes)
{
    static const uint32_t keys[2] = {0x45670123, 0xCDEF89AB};
    struct flash_state *s = d->state;

    switch (reg) {
    case KEYR:
        if (reg_get(d, CR) & CR_LOCK && flash_key(d, &s->lock, keys, value, KEYR))
            reg_clear_bits(d, CR, CR_LOCK);
        break;
    case OPTKEYR:
        if (!(reg_get(d, CR) & CR_OPTWRE) && flash_key(d, &s->option_lock, keys, value, OPTKEYR))
            reg_set_bits(d, CR, CR_OPTWRE);
        break;
    case CR:
        write_cr(d, value, lanes);
        break;
    case AR:
        if (!busy(d))
            reg_put(d, AR, value);
        break;
    case ACR:
        report_unmodelled_bits(d, ACR, reg_store(d, ACR, value, lanes));
        break;
    default:
        reg_store(d, reg, value, lanes);
        update_irq(d);
    }
}

/* ---- option bytes ---- */

/* Option byte `n`; all ones, and OPTERR, when its complement does not fit. */
static uint32_t option(struct device *d, unsigned n)
{
    const uint8_t *bytes = device_nvm(d, "options")->bytes + 2 * n;

    if ((bytes[0] ^ bytes[1]) == 0xFF)
        return bytes[0];
    if ((bytes[0] & bytes[1]) != 0xFF)
        reg_set_bits(d, OBR, OBR_OPTERR);
    return 0xFF;
}

static void load_options(struct device *d)
{
    uint32_t protect = 0, obr;

    reg_put(d, OBR, 0);
    obr = option(d, 1) << 2 | option(d, 2) << 10 | option(d, 3) << 18;
    for (unsigned i = 0; i < 4; i++)
        protect |= option(d, 4 + i) << 8 * i;
    if (option(d, 0) != RDP_OFF) {
        obr |= OBR_RDPRT;
        diag_unmodelled(d, OBR, "readout protection is on: debuggers can read all the same");
    }
    if ((obr & OBR_NO_RESETS) != OBR_NO_RESETS)
        diag_unmodelled(d, OBR, "nRST_STOP or nRST_STDBY is 0: Stop and Standby are entered without a reset");
    reg_set_bits(d, OBR, obr);
    reg_put(d, WRPR, protect);
    signal_set(d, FLASH_V1_OUT_HARDWARE_WATCHDOG, !(obr & OBR_WDG_SW));
}

/* ---- device ---- */

static void event(struct device *d, unsigned number)
{
    (void)number;
    finish(d);
}

static void clock(struct device *d)
{
    struct flash_state *s = d->state;

    delay_clock(&s->operation, d, FLASH_EVENT_END);
}

static void set_timing(struct device *d)
{
    bus_set_fetch_timing(d, &(struct cpu_fetch_timing){.line_mask = 7});
}

static void reset(struct device *d, enum reset_kind kind)
{
    struct flash_state *s = d->state;

    (void)kind;
    s->operation = (struct delay){0};
    s->lock = s->option_lock = FLASH_FIRST_KEY;
    load_options(d);
    set_timing(d);
}

static bool flash_sane(const struct device *d)
{
    const struct flash_state *s = d->state;

    return s->lock < FLASH_LOCK_STATES && s->option_lock < FLASH_LOCK_STATES;
}

const struct device_ops flash_v1_ops = {
    .name = "flash_v1",
    .regs = regs,
    .reg_count = REGS,
    .state_size = sizeof(struct flash_state),
    .events = FLASH_EVENTS,
    .outputs = FLASH_V1_OUTPUTS,
    .reset = reset,
    .write = write,
    .event = event,
    .clock = clock,
    .mem_write = mem_write,
    .restored = set_timing,
    .sane = flash_sane,
};
