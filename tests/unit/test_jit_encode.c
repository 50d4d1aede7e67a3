/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The translator's x86-64 encoder, as capstone reads what it wrote. */
#include <capstone/capstone.h>
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "core/jit/encode.h"

static uint8_t buffer[64];
static struct x86 code;

static struct x86 *start(void)
{
    memset(buffer, 0xCC, sizeof buffer);
    code = (struct x86){.p = buffer, .end = buffer + sizeof buffer};
    return &code;
}

static void check(const char *text, int line)
{
    size_t size = (size_t)(code.p - buffer), count;
    char read[200] = "nothing";
    cs_insn *insn;
    csh handle;

    cr_assert_eq(cs_open(CS_ARCH_X86, CS_MODE_64, &handle), CS_ERR_OK);
    count = cs_disasm(handle, buffer, size, 0x1000, 1, &insn);
    if (count)
        snprintf(read, sizeof read, "%s%s%s", insn[0].mnemonic, insn[0].op_str[0] ? " " : "", insn[0].op_str);
    cr_expect(count == 1 && insn[0].size == size && !strcmp(read, text), "line %d: %s read as %s", line, text,
              read);
    if (count)
        cs_free(insn, count);
    cs_close(&handle);
}

#define READS(emit, text) (start(), emit, check(text, __LINE__))

Test(jit_encode, moves)
{
    struct x86 *b = &code;

    READS(x86_mov(b, RAX, rm_reg(R14)), "mov eax, r14d");
    READS(x86_mov(b, R12, rm_mem(RBX, 4)), "mov r12d, dword ptr [rbx + 4]");
    READS(x86_mov64(b, RDI, rm_mem(RSP, 8)), "mov rdi, qword ptr [rsp + 8]");
    READS(x86_store(b, rm_mem(RBX, 0x200), R9), "mov dword ptr [rbx + 0x200], r9d");
    READS(x86_store_sized(b, 1, rm_mem(RBX, 0), RSI), "mov byte ptr [rbx], sil");
    READS(x86_store_sized(b, 2, rm_mem(RBX, 0), R8), "mov word ptr [rbx], r8w");
    READS(x86_mov_imm(b, rm_reg(R10), 0xFFFFFFFF), "mov r10d, 0xffffffff");
    READS(x86_mov_imm(b, rm_mem(RBX, 8), 7), "mov dword ptr [rbx + 8], 7");
    READS(x86_mov_imm8(b, rm_reg(RAX), 1), "mov al, 1");
    READS(x86_mov_imm64(b, RAX, 0x1122334455667788), "movabs rax, 0x1122334455667788");
    READS(x86_extend(b, 1, false, RBP, rm_reg(RDI)), "movzx ebp, dil");
    READS(x86_extend(b, 2, true, R8, rm_mem(RBX, 2)), "movsx r8d, word ptr [rbx + 2]");
    READS(x86_movsxd(b, RCX, rm_reg(R12)), "movsxd rcx, r12d");
    READS(x86_lea(b, RSI, R13, RBP, 2, -4), "lea esi, [r13 + rbp*4 - 4]");
    READS(x86_lea(b, RDX, RCX, RCX, 0, 1), "lea edx, [rcx + rcx + 1]");
    READS(x86_cmov(b, CC_NE, R8, rm_reg(RCX)), "cmovne r8d, ecx");
    READS(x86_setcc(b, CC_AE, rm_reg(RAX)), "setae al");
    READS(x86_setcc(b, CC_O, rm_mem(RBX, 71)), "seto byte ptr [rbx + 0x47]");
    READS(x86_lahf(b), "lahf");
    READS(x86_mov_ah_imm(b, 0x40), "mov ah, 0x40");
    READS(x86_push(b, R15), "push r15");
    READS(x86_pop(b, RBX), "pop rbx");
}

Test(jit_encode, guest_addresses_are_32_bits_behind_gs)
{
    struct x86 *b = &code;

    READS(x86_mov(b, RSI, rm_guest(RDI, NO_REG, 0, 0)), "mov esi, dword ptr gs:[edi]");
    READS(x86_mov(b, RSI, rm_guest(R13, NO_REG, 0, 0)), "mov esi, dword ptr gs:[r13d]");
    READS(x86_mov(b, RSI, rm_guest(R12, NO_REG, 0, 4)), "mov esi, dword ptr gs:[r12d + 4]");
    READS(x86_mov(b, RSI, rm_guest(R8, R9, 2, 0)), "mov esi, dword ptr gs:[r8d + r9d*4]");
    READS(x86_mov(b, RSI, rm_guest(NO_REG, RCX, 1, 0x100)), "mov esi, dword ptr gs:[ecx*2 + 0x100]");
    READS(x86_store_sized(b, 1, rm_guest(RBP, NO_REG, 0, 0), RDI), "mov byte ptr gs:[ebp], dil");
    READS(x86_mov(b, RDX, (struct x86_rm){RM_TABLE, NO_REG, RCX, 1, -8}), "mov edx, dword ptr gs:[rcx*2 - 8]");
}

Test(jit_encode, arithmetic)
{
    struct x86 *b = &code;

    READS(x86_alu(b, ALU_ADD, RSI, rm_reg(R9)), "add esi, r9d");
    READS(x86_alu(b, ALU_CMP, RSI, rm_mem(RBX, 32)), "cmp esi, dword ptr [rbx + 0x20]");
    READS(x86_alu64(b, ALU_XOR, RBX, rm_reg(RBX)), "xor rbx, rbx");
    READS(x86_alu_to(b, ALU_OR, rm_mem(RBX, 32), RCX), "or dword ptr [rbx + 0x20], ecx");
    READS(x86_alu_imm(b, ALU_SUB, rm_reg(R8), 1), "sub r8d, 1");
    READS(x86_alu_imm(b, ALU_AND, rm_reg(RCX), 0x4001), "and ecx, 0x4001");
    READS(x86_alu64_imm(b, ALU_SUB, RSP, 40), "sub rsp, 0x28");
    READS(x86_cmp8_imm(b, rm_mem(RBX, 71), 0), "cmp byte ptr [rbx + 0x47], 0");
    READS(x86_or8_to(b, rm_mem(RBX, 68), RDX), "or byte ptr [rbx + 0x44], dl");
    READS(x86_test(b, rm_reg(RDI), RDI), "test edi, edi");
    READS(x86_test_imm(b, rm_reg(R8), 0x8000), "test r8d, 0x8000");
    READS(x86_test8_imm(b, rm_reg(RSI), 3), "test sil, 3");
    READS(x86_test_ah(b, 0x40), "test ah, 0x40");
    READS(x86_shift_imm(b, SH_SAR, rm_reg(R12), 3), "sar r12d, 3");
    READS(x86_shift64_imm(b, SH_SHR, RCX, 32), "shr rcx, 0x20");
    READS(x86_sar64_imm(b, RCX, 16), "sar rcx, 0x10");
    READS(x86_shift_by(b, SH_SHL, RDX, rm_reg(R9), RCX), "shlx edx, r9d, ecx");
    READS(x86_shift_by(b, SH_SAR, R10, rm_mem(RBX, 4), RCX), "sarx r10d, dword ptr [rbx + 4], ecx");
    READS(x86_shift_cl(b, SH_ROR, R9), "ror r9d, cl");
    READS(x86_shift64_cl(b, SH_SAR, RDX), "sar rdx, cl");
    READS(x86_rcr_1(b, R8), "rcr r8d, 1");
    READS(x86_bt_imm(b, rm_reg(RAX), 0), "bt eax, 0");
    READS(x86_bts64_imm(b, RDX, 33), "bts rdx, 0x21");
    READS(x86_not(b, rm_reg(RCX)), "not ecx");
    READS(x86_cmc(b), "cmc");
    READS(x86_imul(b, RCX, rm_reg(R11)), "imul ecx, r11d");
    READS(x86_imul_imm(b, RCX, rm_reg(R9), 0x204081), "imul ecx, r9d, 0x204081");
    READS(x86_imul64(b, RCX, rm_reg(RDX)), "imul rcx, rdx");
    READS(x86_mulx(b, R8, RCX, rm_mem(RBX, 40)), "mulx r8d, ecx, dword ptr [rbx + 0x28]");
    READS(x86_lzcnt(b, RSI, rm_reg(R8)), "lzcnt esi, r8d");
    READS(x86_bswap(b, R9), "bswap r9d");
    READS(x86_div(b, true, RCX), "idiv ecx");
    READS(x86_div(b, false, RCX), "div ecx");
    READS(x86_cdq(b), "cdq");
    READS(x86_sub64_constant(b, R15), "sub r15, qword ptr [rip]");
}

Test(jit_encode, single_precision)
{
    struct x86 *b = &code;

    READS(x86_movss(b, 1, rm_mem(RBX, 96)), "movss xmm1, dword ptr [rbx + 0x60]");
    READS(x86_movss_store(b, rm_mem(RBX, 96), 0), "movss dword ptr [rbx + 0x60], xmm0");
    READS(x86_sse(b, SSE_DIV, 0, rm_mem(RBX, 100)), "divss xmm0, dword ptr [rbx + 0x64]");
    READS(x86_movd(b, RCX, 1), "movd ecx, xmm1");
    READS(x86_movd_from(b, 1, rm_reg(RCX)), "movd xmm1, ecx");
    READS(x86_ucomiss(b, 0, rm_xmm(1)), "ucomiss xmm0, xmm1");
    READS(x86_cvtsi2ss(b, 0, rm_mem(RBX, 96)), "cvtsi2ss xmm0, dword ptr [rbx + 0x60]");
    READS(x86_cvtsi2ss64(b, 0, RCX), "cvtsi2ss xmm0, rcx");
    READS(x86_cvtss2si(b, true, RCX, rm_mem(RBX, 96)), "cvttss2si ecx, dword ptr [rbx + 0x60]");
    READS(x86_cvtss2si64(b, false, RCX, rm_xmm(9)), "cvtss2si rcx, xmm9");
    READS(x86_vsse(b, SSE_SUB, 5, 12, rm_xmm(14)), "vsubss xmm5, xmm12, xmm14");
    READS(x86_vsse(b, SSE_ADD, 9, 4, rm_mem(RBX, 96)), "vaddss xmm9, xmm4, dword ptr [rbx + 0x60]");
    READS(x86_movaps(b, 8, 1), "movaps xmm8, xmm1");
    READS(x86_xorps(b, 1, 1), "xorps xmm1, xmm1");
    READS(x86_cvtdq2ps(b, 10, 4), "cvtdq2ps xmm10, xmm4");
    READS(x86_cvtss2sd(b, 0, 11), "cvtss2sd xmm0, xmm11");
    READS(x86_mulsd(b, 0, 1), "mulsd xmm0, xmm1");
    READS(x86_movq_from(b, 1, RDX), "movq xmm1, rdx");
    READS(x86_cvttsd2si64(b, RCX, 0), "cvttsd2si rcx, xmm0");
    READS(x86_fma(b, FMA_ADD, 0, 1, rm_mem(RBX, 96)), "vfmadd231ss xmm0, xmm1, dword ptr [rbx + 0x60]");
    READS(x86_fma(b, FMA_NEGATED_SUB, 0, 1, rm_mem(RBX, 96)), "vfnmsub231ss xmm0, xmm1, dword ptr [rbx + 0x60]");
}

Test(jit_encode, packed_integers)
{
    struct x86 *b = &code;

    READS(x86_movd_from(b, 0, rm_mem(RBX, 32)), "movd xmm0, dword ptr [rbx + 0x20]");
    READS(x86_packed(b, PACKED_ADDUS_W, 2, 1), "paddusw xmm2, xmm1");
    READS(x86_packed(b, PACKED_SUBS_B, 0, 1), "psubsb xmm0, xmm1");
    READS(x86_packed(b, PACKED_CMPEQ_B, 2, 3), "pcmpeqb xmm2, xmm3");
    READS(x86_packed(b, PACKED_MOV, 2, 0), "movdqa xmm2, xmm0");
    READS(x86_packed(b, PACKED_XOR, 3, 3), "pxor xmm3, xmm3");
    READS(x86_packed(b, PACKED_SAD_B, 0, 1), "psadbw xmm0, xmm1");
    READS(x86_packed_shift_imm(b, SH_SAR, 2, 15), "psraw xmm2, 0xf");
    READS(x86_packed_shift_imm(b, SH_SHR, 0, 8), "psrlw xmm0, 8");
    READS(x86_pmovmskb(b, RDX, 2), "pmovmskb edx, xmm2");
}

Test(jit_encode, jumps_land_where_they_are_told)
{
    struct x86 *b = start();
    uint8_t *hole = x86_jcc(b, CC_S);

    x86_nop(b);
    x86_land(b, hole);
    b->p = hole + 4;
    check("js 0x1007", __LINE__);
    READS(x86_jmp_to(b, buffer + 5 + 16), "jmp 0x1015");
    READS(x86_call_to(b, buffer), "call 0x1000");
    READS(x86_jmp_reg(b, RCX), "jmp rcx");
    READS(x86_call_reg(b, RAX), "call rax");
    READS(x86_ret(b), "ret");
    READS(x86_ud2(b), "ud2");
}

Test(jit_encode, nothing_is_written_beyond_the_end)
{
    struct x86 *b = start();

    b->end = buffer + 3;
    x86_mov_imm(b, rm_reg(RCX), 1);
    cr_assert(b->overflow);
    cr_assert_eq(buffer[3], 0xCC);
}
