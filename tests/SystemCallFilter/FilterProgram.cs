using System.Runtime.InteropServices;
using TlsProxy.SystemCallFilter.Interop;

namespace TlsProxy.SystemCallFilter;

/// <summary>A seccomp filter in classic BPF (seccomp(2), linux/filter.h).</summary>
internal static class FilterProgram
{
    private const ushort LoadWord = 0x20; // BPF_LD | BPF_W | BPF_ABS
    private const ushort JumpIfEqual = 0x15; // BPF_JMP | BPF_JEQ | BPF_K
    private const ushort Return = 0x06; // BPF_RET | BPF_K
    private const uint Allow = 0x7FFF0000; // SECCOMP_RET_ALLOW
    private const uint Fail = 0x00050000; // SECCOMP_RET_ERRNO

    // struct seccomp_data: the number of the call, then the architecture it is meant for.
    private const uint NumberOffset = 0;
    private const uint ArchitectureOffset = 4;

    private static uint Architecture => RuntimeInformation.ProcessArchitecture switch
    {
        System.Runtime.InteropServices.Architecture.X64 => 0xC000003E, // AUDIT_ARCH_X86_64
        System.Runtime.InteropServices.Architecture.Arm64 => 0xC00000B7, // AUDIT_ARCH_AARCH64
        _ => throw new PlatformNotSupportedException("The numbers of system calls are known for x86-64 and arm64."),
    };

    /// <summary>Answers each of these calls with its error and allows all others.</summary>
    public static FilterInstruction[] Refusing(IReadOnlyList<(uint Call, ushort Error)> refusals)
    {
        var program = new List<FilterInstruction>
        {
            new(LoadWord, 0, 0, ArchitectureOffset),
            new(JumpIfEqual, 0, (byte)(1 + (2 * refusals.Count)), Architecture),
            new(LoadWord, 0, 0, NumberOffset),
        };
        foreach (var (call, error) in refusals)
        {
            program.Add(new(JumpIfEqual, 0, 1, call));
            program.Add(new(Return, 0, 0, Fail | error));
        }

        program.Add(new(Return, 0, 0, Allow));
        return [.. program];
    }
}
