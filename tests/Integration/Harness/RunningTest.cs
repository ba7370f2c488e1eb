using System.Runtime.CompilerServices;
using Xunit;

namespace TlsProxy.Integration.Tests.Harness;

/// <summary>Tells <see cref="TestRun"/>, which programs without tests have too, which test runs.</summary>
internal static class RunningTest
{
    [ModuleInitializer]
    internal static void Tell() => TestRun.RunningClass = static () => TestContext.Current.TestClass?.TestClassName;
}
