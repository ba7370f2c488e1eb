using System.Runtime.InteropServices;

namespace TlsProxy.SystemCallFilter.Interop;

/// <summary>enum scmp_compare (seccomp_rule_add(3)).</summary>
internal enum Comparison
{
    NotEqual = 1,
    Equal = 4,
    MaskedEqual = 7,
}

/// <summary>struct scmp_arg_cmp (seccomp_rule_add(3)): what an argument of a call must be for a rule to hold.</summary>
/// <param name="First">The value, or the mask.</param>
/// <param name="Second">With a mask, the value under it.</param>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct Condition(uint Argument, Comparison Comparison, ulong First, ulong Second);
