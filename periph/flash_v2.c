/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Embedded flash interface of STM32F2 and F4 (RM0090 3, RM0033 2.3): wait states, keys, sector and mass
 * erase, programming, option bytes, one-time programmable area. It is the writer of the chip's memories
 * "flash" and "otp", and keeps the option bytes in the memory "options".
 *
 * An operation takes its typical time from the data sheet. The bytes change when it starts; BSY, EOP and
 * the interrupt follow at its end. While it runs the flash answers nobody, so:
 * - code that runs from flash stands still: guest time jumps to the end of the operation with the access
 *   that started it, and pending interrupts are taken afterwards. Such code never sees BSY.
 * - code that runs from RAM goes on and sees BSY. Its writes to CR and to the flash wait for the end. Its
 *   reads of the flash do not wait (a chip would make them).
 *
 * Wait states are a property of an address, not of history: with ICEN code runs as if it were always in
 * the cache, with PRFTEN straight code does, with DCEN constants are. Else each new line of 128 bits costs
 * LATENCY cycles.
 *
 * Programming with PSIZE x64 needs 8 to 9 V on VPP, which no board has: it fails with PGPERR. An erase
 * with PSIZE x64 takes the time of x32. Readout protection is refused: RDP stays at level 0. PGAERR
 * cannot happen: the core splits unaligned stores. Not modelled: nRST_STOP, nRST_STDBY.
 */
#include "periph/flash_v2.h"

#include "core/bus.h"
#include "core/irq.h"
#include "core/log.h"
#include "core/signal.h"
#include "periph/clocks.h"
#include "periph/devices.h"
#include "periph/flash_common.h"
#include "periph/table.h"

enum { ACR, KEYR, OPTKEYR, SR, CR, OPTCR, REGS };

#define ACR_LATENCY 7u
#define ACR_PRFTEN  (1u << 8)
#define ACR_ICEN    (1u << 9)
#define ACR_DCEN    (1u << 10)
#define ACR_ICRST   (1u << 11)
#define ACR_DCRST   (1u << 12)

#define SR_EOP    (1u << 0)
#define SR_OPERR  (1u << 1)
#define SR_WRPERR (1u << 4)
#define SR_PGPERR (1u << 6)
#define SR_PGSERR (1u << 7)
#define SR_ERRORS 0xF0u
#define SR_BSY    (1u << 16)

#define CR_PG    (1u << 0)
#define CR_SER   (1u << 1)
#define CR_MER   (1u << 2)
#define CR_STRT  (1u << 16)
#define CR_EOPIE (1u << 24)
#define CR_ERRIE (1u << 25)
#define CR_LOCK  (1u << 31)

#define OPTCR_OPTLOCK (1u << 0)
#define OPTCR_OPTSTRT (1u << 1)
#define OPTCR_BOR_LSB 2
#define OPTCR_WDG_SW  (1u << 5)
#define OPTCR_RDP     0x0000FF00u
#define OPTCR_STORED  0x0FFFFFECu
#define RDP_LEVEL_0   0x0000AA00u

#define OTP_BLOCK  32u
#define OTP_BLOCKS 16u
#define OTP_LOCKS  (OTP_BLOCK * OTP_BLOCKS)

enum { PSIZE_X8, PSIZE_X16, PSIZE_X32, PSIZE_X64 };

/* clang-format off */
static const struct reg regs[REGS] = {
    [ACR] = {.name = "ACR", .offset = 0x00, .width = 32,
        .readable = 0x1707, .writable = 0x1707, .action = ACR_ICRST, .fields = FIELDS(
            BITS("LATENCY", 0, 3), BIT("PRFTEN", 8), BIT("ICEN", 9), BIT("DCEN", 10),
            BIT("ICRST", 11), BIT("DCRST", 12))},
    [KEYR] = {.name = "KEYR", .offset = 0x04, .width = 32, .action = UINT32_MAX,
        .fields = FIELDS(BITS("KEY", 0, 32))},
    [OPTKEYR] = {.name = "OPTKEYR", .offset = 0x08, .width = 32, .action = UINT32_MAX,
        .fields = FIELDS(BITS("OPTKEYR", 0, 32))},
    [SR] = {.name = "SR", .offset = 0x0C, .width = 32, .readable = 0x000100F3, .w1c = 0xF3,
        .fields = FIELDS(
            BIT("EOP", 0), BIT("OPERR", 1), BIT("WRPERR", 4), BIT("PGAERR", 5), BIT("PGPERR", 6),
            BIT("PGSERR", 7), BIT("BSY", 16))},
    [CR] = {.name = "CR", .offset = 0x10, .width = 32, .reset = CR_LOCK,
        .readable = 0x8301037F, .writable = 0x0300037F, .w1s = CR_LOCK | CR_STRT, .fields = FIELDS(
            BIT("PG", 0), BIT("SER", 1), BIT("MER", 2), BITS("SNB", 3, 4), BITS("PSIZE", 8, 2),
            BIT("STRT", 16), BIT("EOPIE", 24), BIT("ERRIE", 25), BIT("LOCK", 31))},
    [OPTCR] = {.name = "OPTCR", .offset = 0x14, .width = 32, .reset = 0x0FFFAAED,
        .readable = 0x0FFFFFEF, .writable = OPTCR_STORED,
        .w1s = OPTCR_OPTLOCK | OPTCR_OPTSTRT, .fields = FIELDS(
            BIT("OPTLOCK", 0), BIT("OPTSTRT", 1), BITS("BOR_LEV", 2, 2), BIT("WDG_SW", 5),
            BIT("nRST_STOP", 6), BIT("nRST_STDBY", 7), BITS("RDP", 8, 8),
            BIT("nWRP0", 16), BIT("nWRP1", 17), BIT("nWRP2", 18), BIT("nWRP3", 19),
            BIT("nWRP4", 20), BIT("nWRP5", 21), BIT("nWRP6", 22), BIT("nWRP7", 23),
            BIT("nWRP8", 24), BIT("nWRP9", 25), BIT("nWRP10", 26), BIT("nWRP11", 27))},
};
/* clang-format on */

struct flash_state {
    uint32_t reg[REGS];
    struct delay operation;
    struct clock_rate hclk;     /* as last checked against LATENCY */
    uint32_t cr_lock;           /* enum flash_lock */
    uint32_t option_lock;
};

/* ---- times: typical values of the data sheet ---- */

#define US 1000ull
#define MS (1000 * US)

enum { PROGRAM_NS = 16000 };

static uint64_t sector_erase_ns(uint32_t size, unsigned psize)
{
    static const uint64_t small[] = {400 * MS, 300 * MS, 250 * MS, 250 * MS};
    static const uint64_t medium[] = {1200 * MS, 700 * MS, 550 * MS, 550 * MS};
    static const uint64_t large[] = {2000 * MS, 1300 * MS, 1000 * MS, 1000 * MS};

    return (size <= 0x4000 ? small : size <= 0x10000 ? medium : large)[psize];
}

static uint64_t mass_erase_ns(unsigned psize)
{
    static const uint64_t times[] = {16000 * MS, 11000 * MS, 8000 * MS, 8000 * MS};

    return times[psize];
}

/* ---- geometry ---- */

bool flash_v2_sector(uint32_t flash_size, unsigned sector, uint32_t *offset, uint32_t *size)
{
    *offset = sector < 5 ? 0x4000 * sector : 0x20000 * (sector - 4);
    *size = sector < 4 ? 0x4000 : sector == 4 ? 0x10000 : 0x20000;
    return *offset + *size <= flash_size;
}

static unsigned sector_of(uint32_t offset)
{
    return offset < 0x10000 ? offset / 0x4000 : 4 + offset / 0x20000;
}

static bool write_protected(const struct device *d, unsigned sector)
{
    return !(reg_get(d, OPTCR) >> (16 + sector) & 1);
}

static unsigned psize(const struct device *d)
{
    return reg_get(d, CR) >> 8 & 3;
}

/* ---- wait states ---- */

static void set_timing(struct device *d)
{
    uint32_t acr = reg_get(d, ACR);
    uint8_t latency = acr & ACR_LATENCY;
    struct cpu_fetch_timing timing = {
        .line_mask = 15,
        .sequential = acr & (ACR_ICEN | ACR_PRFTEN) ? 0 : latency,
        .branch = acr & ACR_ICEN ? 0 : latency,
        .data = acr & ACR_DCEN ? 0 : latency,
    };

    bus_set_fetch_timing(d, &timing);
}

static void check_latency(struct device *d)
{
    const struct flash_v2_config *config = device_config(d);
    struct clock_rate hclk = clock_get(d, CLOCK_CORE);
    uint32_t latency = reg_get(d, ACR) & ACR_LATENCY;

    if (hclk.num > (uint64_t)config->hz_per_wait_state * (latency + 1) * hclk.den)
        diag_guest(d, DIAG_CLOCK, ACR, "LATENCY %u is too small for an HCLK of %llu Hz", latency,
                   (unsigned long long)(hclk.num / hclk.den));
}

static void write_acr(struct device *d, uint32_t value, uint32_t lanes)
{
    uint32_t old = reg_get(d, ACR), set = value & lanes;

    if ((set & ACR_ICRST && old & ACR_ICEN) || (set & ~old & ACR_DCRST && old & ACR_DCEN))
        diag_guest(d, DIAG_SEQUENCE, ACR, "a cache can only be reset while it is disabled");
    reg_store(d, ACR, value, lanes);
    set_timing(d);
    check_latency(d);
}

/* ---- operations ---- */

static void update_irq(struct device *d)
{
    uint32_t sr = reg_get(d, SR), cr = reg_get(d, CR);

    irq_set(d, 0, (sr & SR_EOP && cr & CR_EOPIE) || (sr & SR_OPERR && cr & CR_ERRIE));
}

static bool busy(const struct device *d)
{
    return reg_get(d, SR) & SR_BSY;
}

static void finish(struct device *d)
{
    reg_clear_bits(d, SR, SR_BSY);
    reg_clear_bits(d, CR, CR_STRT);
    reg_clear_bits(d, OPTCR, OPTCR_OPTSTRT);
    if (reg_get(d, CR) & CR_EOPIE)      /* RM0090 3.9.4: EOP is set only if its interrupt is enabled */
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

/* OPERR accompanies every error while ERRIE is 1 (RM0090 3.9.4). */
static void fail(struct device *d, uint32_t flag, unsigned reg, const char *why)
{
    reg_set_bits(d, SR, flag | (reg_get(d, CR) & CR_ERRIE ? SR_OPERR : 0));
    diag_guest(d, DIAG_SEQUENCE, reg, "%s", why);
    update_irq(d);
}

/* An error flag that was not cleared blocks every operation. */
static bool blocked(struct device *d)
{
    if (!(reg_get(d, SR) & SR_ERRORS))
        return false;
    diag_guest(d, DIAG_SEQUENCE, SR, "nothing is programmed or erased before the error flags are cleared");
    return true;
}

static void erase_sector(struct device *d, unsigned sector)
{
    struct nvm *flash = flash_memory(d);
    uint32_t offset, size;

    if (!flash_v2_sector(flash->size, sector, &offset, &size)) {
        fail(d, SR_PGSERR, CR, "SNB names a sector that does not exist");
    } else if (write_protected(d, sector)) {
        fail(d, SR_WRPERR, CR, "erase of a write-protected sector");
    } else {
        nvm_erase(flash, offset, size);
        start(d, sector_erase_ns(size, psize(d)));
    }
}

static void erase_all(struct device *d)
{
    struct nvm *flash = flash_memory(d);

    for (unsigned sector = 0; sector <= sector_of(flash->size - 1); sector++)
        if (write_protected(d, sector)) {
            fail(d, SR_WRPERR, CR, "mass erase with a write-protected sector");
            return;
        }
    nvm_erase(flash, 0, flash->size);
    start(d, mass_erase_ns(psize(d)));
}

static void start_erase(struct device *d)
{
    uint32_t cr = reg_get(d, CR);

    if (blocked(d))
        ;
    else if (cr & CR_PG || !(cr & (CR_SER | CR_MER)))
        fail(d, SR_PGSERR, CR, "STRT needs SER or MER, and PG 0");
    else if (cr & CR_MER)
        erase_all(d);
    else
        erase_sector(d, cr >> 3 & 15);
    if (!busy(d))
        reg_clear_bits(d, CR, CR_STRT);
}

/* True, and reported if something is lost by it, when the register's lock bit makes a write be ignored. */
static bool locked(struct device *d, unsigned reg, uint32_t lock_bit, uint32_t value, uint32_t lanes)
{
    if (!(reg_get(d, reg) & lock_bit))
        return false;
    if ((reg_get(d, reg) ^ value) & lanes & (regs[reg].writable | regs[reg].w1s))
        diag_guest(d, DIAG_SEQUENCE, reg, "written while it is locked: ignored");
    return true;
}

static void write_cr(struct device *d, uint32_t value, uint32_t lanes)
{
    uint32_t old;

    if (locked(d, CR, CR_LOCK, value, lanes))
        return;
    wait_until_idle(d);
    old = reg_get(d, CR);
    if (reg_store(d, CR, value, lanes) & ~old & CR_STRT)
        start_erase(d);
    update_irq(d);
}

/* ---- programming ---- */

/* Why a store to `nvm` cannot program it: an error flag with its explanation in *why, or 0. */
static uint32_t program_error(const struct device *d, const struct nvm *nvm, uint32_t offset,
                              unsigned size, const char **why)
{
    uint32_t cr = reg_get(d, CR);

    if (!(cr & CR_PG) || cr & (CR_SER | CR_MER)) {
        *why = "store to the flash without PG 1, SER 0 and MER 0";
        return SR_PGSERR;
    }
    if (psize(d) == PSIZE_X64) {
        *why = "programming with PSIZE x64 needs an external voltage on VPP";
        return SR_PGPERR;
    }
    if (1u << psize(d) != size) {
        *why = "the width of the store is not PSIZE";
        return SR_PGPERR;
    }
    if (nvm == flash_memory(d) ? write_protected(d, sector_of(offset))
                             : offset < OTP_LOCKS && !nvm->bytes[OTP_LOCKS + offset / OTP_BLOCK]) {
        *why = "programming of a write-protected sector or a locked OTP block";
        return SR_WRPERR;
    }
    return 0;
}

/* Programming only turns ones into zeros. */
static bool mem_write(struct device *d, struct nvm *nvm, uint32_t offset, unsigned size,
                      uint32_t value)
{
    const char *why;
    uint8_t bytes[4];
    uint32_t error;

    wait_until_idle(d);
    if (blocked(d))
        return true;
    error = program_error(d, nvm, offset, size, &why);
    if (error) {
        fail(d, error, SR, why);
        return true;
    }
    for (unsigned i = 0; i < size; i++)
        bytes[i] = nvm->bytes[offset + i] & (uint8_t)(value >> 8 * i);
    nvm_program(nvm, offset, bytes, size);
    start(d, PROGRAM_NS);
    return true;
}

/* ---- option bytes ---- */

/* The two halfwords that OPTCR is made of: RDP and USER at 0, nWRP at 8 (RM0090 3.6.1). */
static void store_options(struct device *d)
{
    uint32_t optcr = reg_get(d, OPTCR);
    uint8_t low[2] = {(uint8_t)(optcr | 3), (uint8_t)(optcr >> 8)};
    uint8_t high[2] = {(uint8_t)(optcr >> 16), (uint8_t)(optcr >> 24 | 0xF0)};
    struct nvm *options = device_nvm(d, "options");

    nvm_program(options, 0, low, sizeof low);
    nvm_program(options, 8, high, sizeof high);
}

static void load_options(struct device *d)
{
    const uint8_t *bytes = device_nvm(d, "options")->bytes;
    uint32_t value = bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[8] << 16 |
                     (uint32_t)bytes[9] << 24;

    reg_put(d, OPTCR, (value & OPTCR_STORED) | OPTCR_OPTLOCK);
    signal_set(d, FLASH_OUT_HARDWARE_WATCHDOG, !(value & OPTCR_WDG_SW));
    signal_set(d, FLASH_OUT_BOR_LEV0, value >> OPTCR_BOR_LSB & 1);
    signal_set(d, FLASH_OUT_BOR_LEV1, value >> OPTCR_BOR_LSB & 2);
}

static void program_options(struct device *d)
{
    uint32_t optcr = reg_get(d, OPTCR);

    if ((optcr & OPTCR_RDP) != RDP_LEVEL_0) {
        diag_unmodelled(d, OPTCR, "readout protection is refused: RDP stays at level 0 (0xAA)");
        reg_put(d, OPTCR, (optcr & ~OPTCR_RDP) | RDP_LEVEL_0);
    }
    store_options(d);
    start(d, sector_erase_ns(0, PSIZE_X32));
}

static void write_optcr(struct device *d, uint32_t value, uint32_t lanes)
{
    uint32_t old;

    if (locked(d, OPTCR, OPTCR_OPTLOCK, value, lanes))
        return;
    wait_until_idle(d);
    old = reg_get(d, OPTCR);
    if (reg_store(d, OPTCR, value, lanes) & ~old & OPTCR_OPTSTRT)
        program_options(d);
}

/* ---- device ---- */

static void write(struct device *d, unsigned reg, uint32_t value, uint32_t lanes)
{
    static const uint32_t keys[2] = {0x45670123, 0xCDEF89AB};
    static const uint32_t option_keys[2] = {0x08192A3B, 0x4C5D6E7F};
    struct flash_state *s = d->state;

    switch (reg) {
    case ACR:
        write_acr(d, value, lanes);
        break;
    case KEYR:
        if (reg_get(d, CR) & CR_LOCK && flash_key(d, &s->cr_lock, keys, value, KEYR))
            reg_clear_bits(d, CR, CR_LOCK);
        break;
    case OPTKEYR:
        if (reg_get(d, OPTCR) & OPTCR_OPTLOCK && flash_key(d, &s->option_lock, option_keys, value, OPTKEYR))
            reg_clear_bits(d, OPTCR, OPTCR_OPTLOCK);
        break;
    case CR:
        write_cr(d, value, lanes);
        break;
    case OPTCR:
        write_optcr(d, value, lanes);
        break;
    default:
        reg_store(d, reg, value, lanes);
        update_irq(d);
    }
}

static void event(struct device *d, unsigned number)
{
    (void)number;
    finish(d);
}

static void clock(struct device *d)
{
    struct flash_state *s = d->state;

    struct clock_rate hclk = clock_get(d, CLOCK_CORE);

    delay_clock(&s->operation, d, FLASH_EVENT_END);
    if (hclk.num == s->hclk.num && hclk.den == s->hclk.den)
        return;
    s->hclk = hclk;
    check_latency(d);
}

static void reset(struct device *d, enum reset_kind kind)
{
    struct flash_state *s = d->state;

    (void)kind;
    s->operation = (struct delay){0};
    s->cr_lock = s->option_lock = FLASH_FIRST_KEY;
    load_options(d);
    set_timing(d);
}

static bool flash_sane(const struct device *d)
{
    const struct flash_state *s = d->state;

    return s->cr_lock < FLASH_LOCK_STATES && s->option_lock < FLASH_LOCK_STATES;
}

const struct device_ops flash_v2_ops = {
    .name = "flash_v2",
    .regs = regs,
    .reg_count = REGS,
    .state_size = sizeof(struct flash_state),
    .events = FLASH_EVENTS,
    .outputs = FLASH_OUTPUTS,
    .reset = reset,
    .write = write,
    .event = event,
    .clock = clock,
    .mem_write = mem_write,
    .restored = set_timing,
    .sane = flash_sane,
};
