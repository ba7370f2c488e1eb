using System.ComponentModel;
using System.Runtime.InteropServices;

namespace TlsProxy.SystemCallFilter.Interop;

/// <summary>A seccomp filter of libseccomp's (seccomp_init(3)).</summary>
internal sealed unsafe partial class Filter : IDisposable
{
    /// <summary>SCMP_ACT_ALLOW.</summary>
    public const uint Allow = 0x7FFF0000;

    private readonly nint _context;

    /// <param name="standard">The action for calls without a rule.</param>
    public Filter(uint standard)
    {
        _context = seccomp_init(standard);
        if (_context == 0)
            throw new InvalidOperationException("libseccomp can't make a filter.");
    }

    /// <summary>SCMP_ACT_ERRNO.</summary>
    public static uint Fail(ushort error) => 0x00050000u | error;

    /// <summary>Adds a rule. Calls that this architecture or this libseccomp doesn't have are left out, as container engines do.</summary>
    public void Add(uint action, string call, Condition[] conditions)
    {
        var number = seccomp_syscall_resolve_name(call);
        if (number < 0)
            return;
        fixed (Condition* first = conditions)
            Check(seccomp_rule_add_array(_context, action, number, (uint)conditions.Length, first), call);
    }

    /// <summary>Puts the calling thread, and what it becomes, under the filter for good.</summary>
    public void Load() => Check(seccomp_load(_context), "seccomp_load");

    public void Dispose() => seccomp_release(_context);

    private static void Check(int result, string step)
    {
        if (result < 0)
            throw new Win32Exception(-result, step);
    }

    [LibraryImport("libseccomp.so.2")]
    private static partial nint seccomp_init(uint action);

    [LibraryImport("libseccomp.so.2")]
    private static partial void seccomp_release(nint context);

    [LibraryImport("libseccomp.so.2", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int seccomp_syscall_resolve_name(string name);

    [LibraryImport("libseccomp.so.2")]
    private static partial int seccomp_rule_add_array(nint context, uint action, int call, uint count, Condition* conditions);

    [LibraryImport("libseccomp.so.2")]
    private static partial int seccomp_load(nint context);
}
