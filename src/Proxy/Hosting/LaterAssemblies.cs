using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using TlsProxy.Handshake;
using TlsProxy.Ktls;
using TlsProxy.Uring.Loop;

namespace TlsProxy.Proxy.Hosting;

/// <summary>Loads at the start what the runtime would load when it is first used. Each assembly takes descriptors, and whoever needs one
/// when there are none is at the mercy of the exception: the first question of an operator, or the first fault, would end the
/// process.</summary>
internal static class LaterAssemblies
{
    // Those that other assemblies use for statistics, for connections to the origin, and for the stack of an exception.
    private static readonly string[] s_names =
    [
        "System.Collections.Immutable", "System.Diagnostics.StackTrace", "System.IO.Compression", "System.IO.MemoryMappedFiles",
        "System.Net.NameResolution", "System.Net.Security", "System.Net.Sockets", "System.Numerics.Vectors",
        "System.Reflection.Metadata", "System.Text.Encodings.Web",
    ];

    // An engine's package, whose own references are loaded by the first handshake.
    private const string Package = "BouncyCastle.Cryptography";

    public static void Load()
    {
        // What is compiled ahead is one file.
        if (RuntimeFeature.IsDynamicCodeSupported)
            LoadReferenced();
        // The stack's text loads what it reads symbols with.
        _ = new StackTrace(new InvalidOperationException(), fNeedFileInfo: true).ToString();
    }

    [UnconditionalSuppressMessage(
        "Trimming", "IL2026", Justification = "Trimmed processes are compiled ahead, and don't come here.")]
    private static void LoadReferenced()
    {
        Assembly[] own =
            [typeof(EventLoop).Assembly, typeof(TlsContext).Assembly, typeof(KtlsMode).Assembly, typeof(LaterAssemblies).Assembly];
        var referenced = own.SelectMany(assembly => assembly.GetReferencedAssemblies()).Select(Assembly.Load).ToHashSet();
        foreach (var name in referenced.Single(assembly => assembly.GetName().Name == Package).GetReferencedAssemblies())
            _ = Assembly.Load(name);
        foreach (var name in s_names)
            _ = Assembly.Load(name);
    }
}
