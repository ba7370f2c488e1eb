using TlsProxy.Integration.Tests.Harness;
using Xunit;

[assembly: AssemblyFixture(typeof(SharedProxies))]
