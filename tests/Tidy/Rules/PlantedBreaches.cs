using TlsProxy.Tidy.Tests.Source;

namespace TlsProxy.Tidy.Tests.Rules;

/// <summary>A breach of each rule, and a place that the rule's sentence names for such code.</summary>
internal static class PlantedBreaches
{
    private const string Somewhere = "src/Proxy/Cache/Some.cs";

    public static IReadOnlyDictionary<Type, (string Place, SourceFile File)> All { get; } = new Dictionary<Type, (string, SourceFile)>
    {
        [typeof(ArrowsDown)] = ("the lower one", new("src/Proxy/Http/Some.cs", "using TlsProxy.Proxy.Hosting;\n")),
        [typeof(BoundedReads)] = ("src/Handshake/Files", new(Somewhere, "class A { byte[] F(string a) => File.ReadAllBytes(a); }\n")),
        [typeof(EmptyCatch)] = ("inside the catch", new(Somewhere, "class A { void F() { try { } catch { } } }\n")),
        [typeof(EngineFence)] = ("src/Handshake/OpenSsl", new("src/Handshake/Keys/Some.cs", "using TlsProxy.Handshake.OpenSsl.Interop;\n")),
        [typeof(FewFieldsAndInterfaces)] = ("an object of their own", new(Somewhere, "class A : IA, IB, IC, ID, IE, IF;\n")),
        [typeof(FileLength)] = ("a file of its own", new(Somewhere, new string('\n', 301))),
        [typeof(FinishedWork)] = ("issue tracker", new(Somewhere, "// TODO later\n")),
        [typeof(FunctionLength)] = ("a function with a name", new(Somewhere, $"class A {{ void F() {{{new string('\n', 70)}}} }}\n")),
        [typeof(KernelConstantsOnce)] = ("src/Uring", new("src/Ktls/Some.cs", "class A { const int SOL_TLS = 282; }\n")),
        [typeof(LineLength)] = ("a line of its own", new(Somewhere, new string('x', 141))),
        [typeof(NamespaceIsFolder)] = ("the folder that its namespace names", new(Somewhere, "namespace TlsProxy.Proxy.Http;\n")),
        [typeof(NoNeedlessThis)] = ("where a parameter hides the member", new(Somewhere, "class A { int _a; int F() => this._a; }\n")),
        [typeof(OneDirection)] = ("an interface beside the lower one", new("src/Proxy/Fetching/Some.cs", "class A(B b); class B(A a);\n")),
        [typeof(OneEngineListed)] =
            ("in OneEngineList", new("tests/Some/A.cs", "class A { [Fact] void F() => G(TlsEngine.OpenSsl); }\n")),
        [typeof(OneFileAType)] = ("a type of its own", new("src/Proxy/Cache/Some.Parts.cs", "partial class Some { int _a; }\n")),
        [typeof(OnePublicType)] = ("a file of its own", new(Somewhere, "public class A;\npublic class B;\n")),
        [typeof(RankedLocks)] = ("the order of LockRank", new(Somewhere, "class A { void F() { lock (_gate) { } } }\n")),
        [typeof(SharingSaysWhy)] = ("beside the field", new(Somewhere, "class A { void F() { lock (_gate) { } } }\n")),
        [typeof(SortedUsings)] = ("dotnet format", new(Somewhere, "using B;\nusing A;\n")),
        [typeof(UnsafeFence)] = ("Interop folder or in src/Uring", new(Somewhere, "class A { unsafe void F() { } }\n")),
    };
}
