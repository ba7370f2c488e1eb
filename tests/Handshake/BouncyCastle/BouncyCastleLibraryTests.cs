using TlsProxy.Handshake.BouncyCastle;

namespace TlsProxy.Handshake.Tests.BouncyCastle;

public sealed class BouncyCastleLibraryTests
{
    /// <summary>With another version, look at each override of ServerProtocol and ServerPeer, at the labels in ResumptionBinder, at the
    /// text in AlertChoice, and run the tests over both engines, before the version is changed here.</summary>
    [Fact]
    public void The_package_is_of_the_version_whose_inside_the_engine_knows() =>
        Assert.Equal(BouncyCastleLibrary.Expected, BouncyCastleLibrary.Version);
}
